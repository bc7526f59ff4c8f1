"""What the kit adds to a Jupyter server: it saves nothing typed, and reads what may run by itself."""

import asyncio
import json
import os
import sys
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

from jupyter_server.base.handlers import APIHandler, AuthenticatedFileHandler
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from jupyter_server.utils import ApiPath, to_os_path, url_path_join
from tornado.ioloop import IOLoop
from tornado.web import HTTPError, authenticated, stream_request_body

from kit import assets, places
from kit.jupyter import hardening, trust, unlocking
from kit.words import KitError, _

MAX_UPLOAD = 16 * 1024**3  # bytes of a sealed practice: it goes to the disk as it comes in, and never into memory
MAX_REQUEST = 64 * 1024  # bytes of what was typed beside it
CHUNK = 1024 * 1024
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# Notes of one reader's machine or one reader's view, which JupyterLab writes into a cell.
TRANSIENT_METADATA = ("execution", "collapsed", "scrolled", "trusted", "ExecuteTime")


def is_kit_notebook(content: object) -> bool:
    """Whether this notebook says of itself that it belongs to the kit."""
    metadata = content.get("metadata") if isinstance(content, dict) else None
    mark = metadata.get("kit") if isinstance(metadata, dict) else None
    return isinstance(mark, dict) and isinstance(mark.get("notebook"), str)


def without_outputs(content: dict) -> dict:
    """The notebook as it was shipped: prose and code, without anything that came from running it."""
    metadata = {key: value for key, value in content["metadata"].items() if key not in ("widgets", "language_info")}
    return {
        **content,
        "metadata": {**metadata, "kernelspec": dict(KERNELSPEC)},
        "cells": [_cell_without_outputs(cell) for cell in content["cells"]],
    }


def _cell_without_outputs(cell: dict) -> dict:
    metadata = {key: value for key, value in cell["metadata"].items() if key not in TRANSIENT_METADATA}
    jupyter = {key: value for key, value in metadata.pop("jupyter", {}).items() if key != "outputs_hidden"}
    if jupyter:
        metadata["jupyter"] = jupyter
    emptied: dict = {"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {}
    return {**cell, **emptied, "metadata": metadata}


def pre_save_hook(model: dict, path: str, **_others: object) -> None:
    """Jupyter's hook: the kit's notebooks are saved without outputs, everybody else's as they are."""
    content: Any = model.get("content")
    if not is_kit_notebook(content):
        return
    try:
        model["content"] = without_outputs(content)
    except Exception as error:  # Jupyter logs any other error and saves all the same
        reason = _("This notebook was not saved: what is typed could not be taken out of it first.")
        raise HTTPError(500, reason, reason=reason) from error


def is_trusted_kernel(kernel: Any) -> bool:
    """Whether a kernel, as it runs, is this very Python's, and imports nothing that lies beside its notebook."""
    process = getattr(kernel.provisioner, "process", None)
    command = [part for part in getattr(process, "args", []) if part != "-Xfrozen_modules=off"]
    started_in = (kernel._launch_args or {}).get("env") or os.environ
    return (
        command[:-1] == [sys.executable, "-m", "ipykernel_launcher", "-f"]
        and not kernel.kernel_spec.env
        and hardening.KERNEL_ENV.items() <= dict(started_in).items()
    )


def isolate_kernels(server: Any) -> None:
    """In anybody's Jupyter: a kernel of the kit's notebooks imports nothing that lies beside them."""
    sessions, root = server.session_manager, server.contents_manager.root_dir
    given = sessions.get_kernel_env

    def surroundings(path: str, name: str | None = None) -> dict[str, str]:
        ours = _is_kit_notebook_file(Path(to_os_path(ApiPath(path), root)))
        return {**given(path, name), **(hardening.KERNEL_ENV if ours else {})}

    sessions.get_kernel_env = surroundings


def _is_kit_notebook_file(file: Path) -> bool:
    try:
        return is_kit_notebook(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError):
        return False


class QuietKernelManager(AsyncMappingKernelManager):
    """Kernels whose own words go nowhere: a window or a file of theirs could keep what somebody typed."""

    async def _async_start_kernel(self, **options):
        return await super()._async_start_kernel(stdout=DEVNULL, stderr=DEVNULL, **options)

    start_kernel = _async_start_kernel  # type: ignore[assignment]  # as Jupyter names it itself

    async def shutdown_all(self, now: bool = False) -> None:  # type: ignore[override]  # an alias there
        """Ends each of them; Jupyter's own gives up where one is just being started, and then the server stays."""
        await asyncio.gather(*self._pending_kernels.values(), return_exceptions=True)
        ends = [self.shutdown_kernel(kernel, now=now) for kernel in self.list_kernel_ids()]
        await asyncio.gather(*ends, return_exceptions=True)


class ServerInfoHandler(APIHandler):
    """Lets a page see that the kit is there, and a second start whether this server is the one it would start."""

    @authenticated
    def get(self):
        self.finish(json.dumps({"root": str(places.notebooks()), "book": os.environ.get("KIT_BOOK", "")}))


class TrustHandler(APIHandler):
    """Reads what a page is about to run, and hands back what may run by itself, and whether it may in that kernel."""

    @authenticated
    def post(self):
        asked = self.get_json_body()
        asked = asked if isinstance(asked, dict) else {}
        found = trust.trusted_lines(asked.get("cells"))
        self.finish(json.dumps({"lines": found, "runs": found is not None and self._fits(asked)}))

    def _fits(self, asked: dict[str, Any]) -> bool:
        """The kernel that is there counts; one that the notebook names as well must be that one."""
        kernels, wanted = self.kernel_manager, asked.get("kernel")
        if not isinstance(wanted, str) or wanted not in kernels:
            return False
        kernel = kernels.get_kernel(wanted)
        return asked.get("kernelspec") in (None, kernel.kernel_name) and is_trusted_kernel(kernel)


def _parse_json(body: bytes) -> Any:
    """What a page sent; None where it is nothing that a page sends."""
    with suppress(ValueError, RecursionError):
        return json.loads(body)
    return None


def _reply(handler: APIHandler, answer: dict[str, Any]) -> None:
    if answer.get("said") == unlocking.WRONG_VERSION:
        handler.set_status(400)
    handler.finish(json.dumps(answer))


class PracticeHandler(APIHandler):
    """Begins, opens and locks the practice: what is typed there comes from the page to here, and to no kernel."""

    @authenticated
    def get(self):
        self.finish(json.dumps(unlocking.lock_state()))

    @authenticated
    async def post(self):
        asked = _parse_json(self.request.body)
        # Wrapping a key takes a moment on purpose; other pages go on meanwhile.
        _reply(self, await IOLoop.current().run_in_executor(None, unlocking.handle_request, asked))


@stream_request_body
class SealedPracticeHandler(APIHandler):
    """Hands the practice out as one sealed file, and takes one in: what was typed stands before it, in one line."""

    _asked: Any = None
    _said = ""
    _file: Any = None

    async def prepare(self, **given):  # type: ignore[override]
        await super().prepare(**given)  # turns away whoever is not signed in, before anything is taken in
        self._line: bytes | None = b""
        if self.request.method == "POST":
            connection: Any = self.request.connection
            connection.set_max_body_size(MAX_UPLOAD)
            self._file = tempfile.TemporaryFile(dir=places.home())  # noqa: SIM115  closed when all is answered

    def data_received(self, chunk: bytes) -> None:
        if self._line is not None:  # what was typed is kept apart: a passphrase goes to no file
            self._line, end, chunk = (self._line + chunk).partition(b"\n")
            if not end and len(self._line) < MAX_REQUEST:
                return
            self._asked, self._line = _parse_json(self._line), None
        try:
            self._file.write(chunk)
        except OSError:
            self._said = _("The disk has too little room for this practice. Please make some, then try again.")

    def on_finish(self) -> None:
        self.on_connection_close()

    def on_connection_close(self) -> None:
        if self._file:
            self._file.close()

    @authenticated
    async def get(self):
        loop = IOLoop.current()
        with ExitStack() as afterwards:
            try:
                sealed = await loop.run_in_executor(None, afterwards.enter_context, unlocking.export_sealed())
            except KitError as trouble:
                self.finish(json.dumps({"said": str(trouble)}))
                return
            self.set_header("Content-Type", "application/octet-stream")
            self.set_header("Content-Length", str(sealed.stat().st_size))
            self.set_header("Content-Disposition", f'attachment; filename="{sealed.name}"')
            with sealed.open("rb") as file:
                while block := await loop.run_in_executor(None, file.read, CHUNK):
                    self.write(block)
                    await self.flush()
            self.finish(set_content_type="application/octet-stream")

    @authenticated
    async def post(self):
        answer = {"said": self._said}
        if not self._said:
            answer = await IOLoop.current().run_in_executor(None, unlocking.import_sealed, self._asked, self._file)
        _reply(self, answer)


class PlotlyHandler(AuthenticatedFileHandler):
    """Hands out plotly's own bundle, once for every picture."""

    def set_extra_headers(self, path: str) -> None:
        self.set_header("Cache-Control", "private, max-age=31536000, immutable")


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "kit.jupyter.extension"}]


def _load_jupyter_server_extension(server) -> None:
    server.contents_manager.register_pre_save_hook(pre_save_hook)
    isolate_kernels(server)
    base = server.web_app.settings["base_url"]
    server.web_app.add_handlers(
        ".*$",
        [
            (url_path_join(base, "kit", "own"), ServerInfoHandler),
            (url_path_join(base, "kit", "trust"), TrustHandler),
            (url_path_join(base, "kit", "practice"), PracticeHandler),
            (url_path_join(base, "kit", "practice", "sealed"), SealedPracticeHandler),
            (url_path_join(base, "kit", r"(plotly\.min\.js)"), PlotlyHandler, {"path": str(assets.plotly().parent)}),
            (url_path_join(base, "kit", r"(tokens\.css)"), AuthenticatedFileHandler, {"path": str(assets.STATIC)}),
        ],
    )
