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
    ownCode: 'This notebook holds code of its own. Run it only if you know who wrote it.',
    runIt: 'Run it',
    elsewhere: 'This page is open in another window.',
    bringHere: 'Bring it here',
    gettingReady: 'One moment, the notebook is getting ready.',
    supportLater: 'The support lines appear here as soon as the notebook is ready.',
    stopped: 'The notebook has stopped. What was kept is safe.',
    silent: 'The notebook isn\'t answering just now. What was kept is safe.',
    partly: 'A part of this notebook did not start. What was kept is safe.',
    lock: 'Lock',
    close: 'Close the practice',
    closed: 'The practice is closed and locked. Everything is kept; you can close this window.',
    notLocked: 'This did not work just now. Please try once more.',
    gone: 'The kit is not running any more. Start it again, then open the new address; what was kept is safe.'
  };
  const TOUCH_EVERY = 30000;
  const PATIENCE = 1500; // a shorter interruption heals by itself, and nobody needs to read about it
  const { src } = document.currentScript;
  const beside = name => new URL(name, src).href;
  let lab; // the parts of JupyterLab used here, from its share scope
  let looks, resting, running, trust, windows; // our own parts, from beside this one
  let screen; // which rests where two people only talk

  // ------------------------------------------------------------------------ which notebooks are the kit's

  function ask(path, asked) {
    const { ServerConnection } = lab.services;
    const settings = ServerConnection.makeSettings();
    const how = asked ? { method: 'POST', body: JSON.stringify(asked) } : { cache: 'no-store' };
    return ServerConnection.makeRequest(settings.baseUrl + path, how, settings);
  }

  async function attend(panel, shell) {
    await panel.context.ready;
    const marked = trust.carriesMark(panel);
    if (!marked && !trust.importsKit(panel)) return;
    const reading = await trust.read(panel, ask).catch(() => null);
    if (!reading || panel.isDisposed) return;
    if (marked) {
      if (reading.lines) looks.dress(panel, shell);
      keepAlive(panel, addBar(panel));
    } else if (!reading.lines) {
      leaveToPerson(panel, addBar(panel));
    }
  }

  // A notebook of a person's own that works with the kit: JupyterLab's way, once they have said so.
  function leaveToPerson(panel, bar) {
    bar.waitForPerson();
    bar.runIt.addEventListener('click', () => {
      bar.widget.dispose();
      void lab.notebook.NotebookActions.runAll(panel.content, panel.context.sessionContext);
    });
  }

  // -------------------------------------------------------------------------------------------- the slim bar

  function addBar(panel) {
    const widget = new lab.widgets.Widget();
    widget.addClass('kit-bar');
    widget.node.setAttribute('role', 'region');
    widget.node.setAttribute('aria-label', words.region);
    const message = element('span', 'kit-bar-message');
    message.setAttribute('role', 'status');
    const back = element('button', 'kit-bar-back kit-go', words.bringBack);
    const runIt = element('button', 'kit-bar-run kit-go', words.runIt);
    const rest = element('button', 'kit-bar-rest', words.rest);
    const support = element('button', 'kit-bar-support', words.supportNow);
    const lock = element('button', 'kit-bar-lock', words.lock);
    const close = element('button', 'kit-bar-close', words.close);
    widget.node.append(message, back, runIt, rest, lock, close, support);
    panel.contentHeader.addWidget(widget);
    back.hidden = runIt.hidden = lock.hidden = close.hidden = true;
    window.matchMedia('(max-width: 640px)').addEventListener('change', () => widget.parent?.fit());
    const say = (text, offer = false) => {
      if (message.textContent !== text) message.textContent = text;
      back.hidden = !offer;
      runIt.hidden = true;
      rest.hidden = support.hidden = false;
      widget.toggleClass('kit-mod-stopped', offer);
    };
    const waitForPerson = () => {
      say(words.ownCode);
      widget.addClass('kit-mod-stopped');
      runIt.hidden = false;
      rest.hidden = support.hidden = true; // nobody is in view, and the lines come with the notebook
    };
    rest.addEventListener('click', () => screen.rest());
    lock.addEventListener('click', () => lockPractice().then(done => done || say(words.notLocked)));
    close.addEventListener('click', async () => {
      lock.hidden = close.hidden = await closePractice();
      say(lock.hidden ? words.closed : words.notLocked);
    });
    const goToSupport = () => showSupport(panel) || say(message.textContent || words.supportLater);
    const offerLocks = async () => {
      keyed = await practice().then(found => found.keyed, () => false);
      lock.hidden = close.hidden = !keyed;
    };
    return { widget, say, waitForPerson, goToSupport, back, runIt, support, offerLocks };
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
    place.querySelector('[data-opens][aria-expanded=false]')?.click();
    place.tabIndex = -1;
    place.scrollIntoView({ block: 'start', behavior: calm() ? 'auto' : 'smooth' });
    place.focus({ preventScroll: true });
    return true;
  }

  const calm = () => window.matchMedia('(prefers-reduced-motion: reduce)').matches;

  // --------------------------------------------------------------------------- running, and running once more

  function keepAlive(panel, bar) {
    const session = panel.context.sessionContext;
    const place = windows.watch(panel, words, () => void run());
    let isRunning = false;
    let again = false;
    let kernelLost = false;
    let wasReady = false;
    let allowed = false; // by a person, for this once
    let waits = false;

    async function run() {
      again = true;
      if (isRunning) return;
      isRunning = true;
      let whole = true;
      while (again && !panel.isDisposed) {
        again = false;
        bar.say(words.gettingReady);
        whole = await runOnce().catch(() => false);
      }
      isRunning = false;
      if (kernelLost) return void look();
      if (waits) return bar.waitForPerson();
      void bar.offerLocks();
      bar.say(whole ? '' : words.partly, !whole);
    }

    async function runOnce() {
      kernelLost = !session.session?.kernel;
      if (kernelLost) return false;
      const asItStands = allowed;
      allowed = false;
      const reading = asItStands ? null : await trust.read(panel, ask);
      waits = Boolean(reading && !reading.runs);
      if (waits) return true;
      place.settle();
      return running.runAll(panel, lab, reading);
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
        comeBack();
      } else if (!isRunning) {
        if (waits) bar.waitForPerson();
        else bar.say('');
      }
    }

    // A page that is open in another window comes back there.
    function comeBack() {
      kernelLost = false;
      if (place.isElsewhere()) bar.say('');
      else void run();
    }

    async function lookForServer() {
      if (panel.isDisposed || closed || session.session?.kernel?.connectionStatus === 'connected') return;
      const here = await serverAnswers();
      const lives = here && (await kernelLives(session.session?.kernel).catch(() => true)); // until it is known
      if (session.session?.kernel?.connectionStatus === 'connected') return;
      bar.say(lives ? words.silent : here ? words.stopped : words.gone, true);
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
    bar.support.addEventListener('click', async () => {
      if (place.isElsewhere()) await run();
      bar.goToSupport();
    });
    bar.runIt.addEventListener('click', () => {
      allowed = true;
      void run();
    });
    for (const signal of ['statusChanged', 'connectionStatusChanged', 'kernelChanged']) {
      session[signal].connect(look);
    }
    bar.say(words.gettingReady);
    session.ready
      .then(() => session.session?.kernel?.info)
      .then(() => {
        wasReady = true;
        void bar.offerLocks();
        return running.shown(panel).length ? look() : run();
      })
      .catch(() => bar.say(words.stopped, true));
  }

  const serverAnswers = () => ask('kit/own').then(() => true, () => false); // a refusal is an answer, too

  const kernelLives = async kernel => (await lab.services.KernelAPI.listRunning()).some(model => model.id === kernel?.id);

  async function revive(session) {
    const kernel = session.session?.kernel;
    const lives = await kernelLives(kernel);
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
    for (const address of [baseUrl + 'kit/tokens.css', beside('kit.css')]) {
      const link = document.createElement('link');
      link.rel = 'stylesheet';
      link.href = address;
      document.head.append(link);
    }
  }

  async function plugins() {
    const names = ['application', 'cells', 'notebook', 'outputarea', 'services'];
    const [application, cells, notebook, outputarea, services] = await Promise.all(
      names.map(name => shared('@jupyterlab/' + name))
    );
    lab = { cells, notebook, outputarea, services, widgets: await shared('@lumino/widgets') };
    [looks, resting, running, trust, windows] = await Promise.all(
      ['looks.js', 'rest.js', 'running.js', 'trust.js', 'windows.js'].map(name => import(beside(name)))
    );
    screen = resting.restingScreen(words, somebodyIsThere);
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
        app.shell.modeChanged?.connect(looks.dressShell);
        app.shell.currentChanged?.connect(looks.dressShell);
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
