// A prebuilt JupyterLab extension in plain JavaScript: the kit's own notebooks open with their forms.
(() => {
  'use strict';

  const words = {
    region: 'About this notebook',
    supportNow: 'Support now',
    rest: 'Rest the screen',
    resting: 'The screen is resting',
    wake: 'Press any key, or tap, to come back.',
    bringBack: 'Bring it back',
    gettingReady: 'One moment, the notebook is getting ready.',
    supportLater: 'The support lines appear here as soon as the notebook is ready.',
    stopped: 'The notebook has stopped. What was kept is safe.',
    partly: 'A part of this notebook did not start. What was kept is safe.',
    lock: 'Lock',
    close: 'Close the practice',
    closed: 'The practice is closed and locked. Everything is kept; you can close this window.',
    notLocked: 'This did not work just now. Please try once more.',
    gone: 'The kit is not running any more. Start it again, then open the new address; what was kept is safe.'
  };
  const WIDGET = 'application/vnd.jupyter.widget-view+json';
  const TOUCH_EVERY = 30000;
  const PATIENCE = 1500; // a shorter interruption heals by itself, and nobody needs to read about it
  const [cssAddress, restAddress] = ['kit.css', 'rest.js'].map(name => new URL(name, document.currentScript.src).href);
  let lab; // the parts of JupyterLab used here, from its share scope

  // ------------------------------------------------------------------------ which notebooks are the kit's

  const carriesMark = panel => typeof panel.context.model.getMetadata('kit')?.notebook === 'string';

  async function isOwn(panel) {
    const answer = await ask('kit/own').catch(() => null);
    return answer?.ok ? (await answer.json()).notebooks.includes(panel.context.localPath) : false;
  }

  function ask(path, asked) {
    const { ServerConnection } = lab.services;
    const settings = ServerConnection.makeSettings();
    const how = asked ? { method: 'POST', body: JSON.stringify(asked) } : { cache: 'no-store' };
    return ServerConnection.makeRequest(settings.baseUrl + path, how, settings);
  }

  async function attend(panel, shell) {
    await panel.context.ready;
    if (!carriesMark(panel) || !(await isOwn(panel)) || panel.isDisposed) return;
    const bar = addBar(panel);
    dress(panel);
    kitPanels.add(panel);
    panel.disposed.connect(() => kitPanels.delete(panel));
    dressShell(shell);
    keepAlive(panel, bar);
  }

  // ------------------------------------------------------------------------------------------- how it looks

  function dress(panel) {
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
  }

  function saveOnCtrlS(event, context) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== 's') return;
    event.preventDefault();
    void context.save();
  }

  function keepProseClosed(event) {
    if (event.target.closest('.jp-MarkdownCell')) event.stopPropagation();
  }

  const kitPanels = new Set();
  let alone = false;

  function dressShell(shell) {
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

  // -------------------------------------------------------------------------------------------- the slim bar

  function addBar(panel) {
    const widget = new lab.widgets.Widget();
    widget.addClass('kit-bar');
    widget.node.setAttribute('role', 'region');
    widget.node.setAttribute('aria-label', words.region);
    const message = element('span', 'kit-bar-message');
    message.setAttribute('role', 'status');
    const back = element('button', 'kit-bar-back', words.bringBack);
    const rest = element('button', 'kit-bar-rest', words.rest);
    const support = element('button', 'kit-bar-support', words.supportNow);
    const lock = element('button', 'kit-bar-lock', words.lock);
    const close = element('button', 'kit-bar-close', words.close);
    widget.node.append(message, back, rest, lock, close, support);
    panel.contentHeader.addWidget(widget);
    back.hidden = lock.hidden = close.hidden = true;
    window.matchMedia('(max-width: 640px)').addEventListener('change', () => widget.parent?.fit());
    const say = (text, offer = false) => {
      if (message.textContent !== text) message.textContent = text;
      back.hidden = !offer;
      widget.toggleClass('kit-mod-stopped', offer);
    };
    rest.addEventListener('click', () => void resting.then(screen => screen.rest()));
    support.addEventListener('click', () => showSupport(panel) || say(message.textContent || words.supportLater));
    lock.addEventListener('click', () => lockPractice().then(done => done || say(words.notLocked)));
    close.addEventListener('click', async () => {
      lock.hidden = close.hidden = await closePractice();
      say(lock.hidden ? words.closed : words.notLocked);
    });
    const offerLocks = async () => {
      keyed = await practice().then(found => found.keyed, () => false);
      lock.hidden = close.hidden = !keyed;
    };
    return { say, back, offerLocks };
  }

  // ------------------------------------------------------------------------------- a practice of one's own

  const practice = () => ask('kit/practice').then(answer => answer.json());

  const locks = new BroadcastChannel('kit-locked');

  const lockPractice = () => {
    const pressed = Date.now();
    return ask('kit/practice', { do: 'lock' })
      .then(answer => answer.json())
      .then(told => {
        if (!told.said) locks.postMessage(pressed);
        return !told.said;
      })
      .catch(() => false);
  };

  async function closePractice() {
    if (!(await lockPractice())) return false;
    closed = true; // what ends from here on was meant to
    closed = await ask('api/shutdown', {}).then(answer => answer.ok, () => true);
    return closed;
  }

  // Two people who only talk are there, too: after a while the screen rests, and any key brings it back.
  const resting = import(restAddress).then(module => module.restingScreen(words, somebodyIsThere));

  let closed = false;
  let keyed = false;
  let touched = 0;

  // Two people who talk and only now and then scroll are there, too.
  function somebodyIsThere() {
    if (!keyed || closed || Date.now() - touched < TOUCH_EVERY) return;
    touched = Date.now();
    ask('kit/practice', { do: 'touch' }).catch(() => null);
  }

  function element(tag, className, text = '') {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text;
    if (tag === 'button') made.type = 'button';
    return made;
  }

  function showSupport(panel) {
    const place = panel.content.node.querySelector('[data-word="support_now"]');
    if (!place) return false;
    if (place.hasAttribute('data-opens')) place.querySelector('button')?.click();
    place.tabIndex = -1;
    place.scrollIntoView({ block: 'start', behavior: calm() ? 'auto' : 'smooth' });
    place.focus({ preventScroll: true });
    return true;
  }

  const calm = () => window.matchMedia('(prefers-reduced-motion: reduce)').matches;

  // --------------------------------------------------------------------------- running, and running once more

  const codeCells = panel => panel.content.widgets.filter(cell => cell.model.type === 'code');

  const outputsOf = cell =>
    Array.from({ length: cell.model.outputs.length }, (_, at) => cell.model.outputs.get(at));

  const showsForms = panel =>
    codeCells(panel).some(cell => outputsOf(cell).some(output => WIDGET in (output.data ?? {})));

  async function runCell(cell, session) {
    try {
      const reply = await lab.cells.CodeCell.execute(cell, session);
      return !reply || reply.content.status === 'ok';
    } catch {
      return false;
    } finally {
      cell.removeClass('kit-pending');
    }
  }

  async function runAll(panel) {
    const session = panel.context.sessionContext;
    const scrolled = panel.content.outerNode ?? panel.content.node;
    const { scrollTop } = scrolled;
    // Only what stands below a cell that has run is still hidden: the page grows downwards, nothing jumps.
    if (!showsForms(panel)) codeCells(panel).forEach(cell => cell.addClass('kit-pending'));
    const outcomes = await Promise.all(codeCells(panel).map(cell => runCell(cell, session)));
    if (scrollTop) scrolled.scrollTop = scrollTop;
    return outcomes.every(Boolean);
  }

  function keepAlive(panel, bar) {
    const session = panel.context.sessionContext;
    let running = false;
    let again = false;
    let kernelLost = false;
    let wasReady = false;

    async function run() {
      again = true;
      if (running) return;
      running = true;
      let whole = true;
      while (again && !panel.isDisposed) {
        again = false;
        kernelLost = false;
        bar.say(words.gettingReady);
        whole = await runAll(panel);
      }
      running = false;
      void bar.offerLocks();
      if (kernelLost) return void look();
      bar.say(whole ? '' : words.partly, !whole);
    }

    function look() {
      const kernel = session.session?.kernel;
      const status = kernel?.status ?? 'none';
      if (panel.isDisposed || !wasReady || closed) return;
      if (['restarting', 'autorestarting'].includes(status)) {
        kernelLost = true;
        bar.say(words.gettingReady);
      } else if (['dead', 'none', 'terminating'].includes(status)) {
        kernelLost = true;
        bar.say(words.stopped, true);
      } else if (kernel.connectionStatus !== 'connected') {
        setTimeout(lookForServer, PATIENCE);
      } else if (kernelLost && ['idle', 'busy'].includes(status)) {
        void run();
      } else if (!running) {
        bar.say('');
      }
    }

    async function lookForServer() {
      if (panel.isDisposed || closed || session.session?.kernel?.connectionStatus === 'connected') return;
      const here = await serverAnswers();
      if (session.session?.kernel?.connectionStatus === 'connected') return;
      bar.say(here ? words.stopped : words.gone, true);
    }

    async function bringBack() {
      bar.say(words.gettingReady);
      if (!(await serverAnswers())) return bar.say(words.gone, true);
      try {
        await revive(session);
        await run();
      } catch {
        bar.say(words.stopped, true);
      }
    }

    bar.back.addEventListener('click', () => void bringBack());
    for (const signal of ['statusChanged', 'connectionStatusChanged', 'kernelChanged']) {
      session[signal].connect(look);
    }
    bar.say(words.gettingReady);
    session.ready
      .then(() => session.session?.kernel?.info)
      .then(() => {
        wasReady = true;
        void bar.offerLocks();
        return showsForms(panel) ? look() : run();
      })
      .catch(() => bar.say(words.stopped, true));
  }

  const serverAnswers = () => ask('kit/own').then(answer => answer.ok, () => false);

  async function revive(session) {
    const kernel = session.session?.kernel;
    const models = await lab.services.KernelAPI.listRunning();
    const lives = kernel && models.some(model => model.id === kernel.id);
    if (lives && kernel.connectionStatus !== 'connected') await kernel.reconnect();
    if (lives) await session.restartKernel();
    // Its session went with it: begin a new one for the same notebook.
    else await startAnew(session);
    await session.session?.kernel?.info;
  }

  async function startAnew(session) {
    const name = session.session?.kernel?.name ?? session.kernelPreference.name ?? 'python3';
    if (session.session) session.session.dispose();
    await session.changeKernel({ name });
  }

  // ------------------------------------------------------------------------------------ the way into JupyterLab

  let scope;

  async function shared(name) {
    const factory = await Object.values(scope[name])[0].get();
    return factory();
  }

  function addStyles() {
    const { baseUrl } = lab.services.ServerConnection.makeSettings();
    for (const address of [baseUrl + 'kit/tokens.css', cssAddress]) {
      const link = document.createElement('link');
      link.rel = 'stylesheet';
      link.href = address;
      document.head.append(link);
    }
  }

  async function plugins() {
    const names = ['application', 'cells', 'notebook', 'services'];
    const [application, cells, notebook, services] = await Promise.all(
      names.map(name => shared('@jupyterlab/' + name))
    );
    lab = { cells, services, widgets: await shared('@lumino/widgets') };
    const opening = {
      id: 'reflection-kit:opening',
      description: 'Opens the kit\'s own notebooks with their forms.',
      autoStart: true,
      requires: [notebook.INotebookTracker],
      activate: (app, tracker) => {
        addStyles();
        for (const sign of ['pointermove', 'pointerdown', 'wheel', 'keydown']) {
          document.addEventListener(sign, somebodyIsThere, { capture: true, passive: true });
        }
        app.shell.modeChanged?.connect(dressShell);
        app.shell.currentChanged?.connect(dressShell);
        tracker.forEach(panel => void attend(panel, app.shell));
        tracker.widgetAdded.connect((_, panel) => void attend(panel, app.shell));
      }
    };
    const connectionLost = {
      id: 'reflection-kit:connection-lost',
      description: 'Leaves it to the bar of a kit notebook to say that the server is gone.',
      provides: application.IConnectionLost,
      activate: () => async (...trouble) => {
        if (!document.querySelector('.kit-notebook')) await application.ConnectionLost(...trouble);
      }
    };
    return [opening, connectionLost];
  }

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB['reflection-kit'] = {
    init: shareScope => {
      scope = shareScope;
    },
    get: async () => {
      const made = await plugins();
      return () => ({ __esModule: true, default: made });
    }
  };
})();
