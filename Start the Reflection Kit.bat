@echo off
rem To double-click on Windows; it does what "py start.py" does.
cd /d "%~dp0"
where py >nul 2>nul
if errorlevel 1 (python start.py %*) else (py start.py %*)
if errorlevel 1 pause
