// How a notebook of the kit looks in JupyterLab, and what a stray key or click cannot do to it.

const kitPanels = new Set();
let alone = false;

export function dress(panel, shell) {
  const { content, context } = panel;
  panel.addClass('kit-notebook');
  content.notebookConfig = { ...content.notebookConfig, windowingMode: 'none' };
  // A key pressed on a button of a form must never insert, cut or run a cell.
  const noShortcuts = node => node.setAttribute('data-lm-suppress-shortcuts', 'true');
  content.node.addEventListener('focusin', event => noShortcuts(event.target));
  if (content.node.contains(document.activeElement)) noShortcuts(document.activeElement);
  content.node.addEventListener('keydown', event => saveOnCtrlS(event, context));
  content.node.addEventListener('contextmenu', event => event.stopPropagation());
  content.node.addEventListener('dblclick', keepProseClosed, true);
  // What changes here is only what running the cells shows: there is nothing to ask about on leaving.
  context.model.stateChanged.connect((model, change) => {
    if (change.name === 'dirty' && change.newValue) model.dirty = false;
  });
  context.model.dirty = false;
  // JupyterLab's own message box about a restarted kernel: the bar says it.
  if (panel._onSessionStatusChanged) {
    context.sessionContext.statusChanged.disconnect(panel._onSessionStatusChanged, panel);
  }
  kitPanels.add(panel);
  panel.disposed.connect(() => kitPanels.delete(panel));
  dressShell(shell);
}

function saveOnCtrlS(event, context) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== 's') return;
  event.preventDefault();
  void context.save();
}

function keepProseClosed(event) {
  if (event.target.closest('.jp-MarkdownCell')) event.stopPropagation();
}

export function dressShell(shell) {
  const single = shell.mode === 'single-document';
  kitPanels.forEach(panel => panel.toolbar.setHidden(single));
  const wanted = single && (shell.currentWidget ? kitPanels.has(shell.currentWidget) : kitPanels.size > 0);
  if (wanted === alone) return; // whatever a person has opened or closed since then stays
  alone = wanted;
  document.body.classList.toggle('kit-alone', alone);
  for (const widget of shell.layout?.widgets ?? []) {
    if (['jp-top-panel', 'jp-bottom-panel'].includes(widget.id)) widget.setHidden(alone);
  }
  for (const side of ['left', 'right']) {
    if (shell.isSideTabBarVisible?.(side) === alone) shell.toggleSideTabBarVisibility(side);
  }
}
