// The screen at rest: plain paper over every page of the kit, and Support now; any key or tap brings it all back.

const QUIET = 10 * 60000; // milliseconds that people may talk before it rests by itself
const TELL_EVERY = 1000; // what is touched on one page counts for all of them
const SIGNS = ['pointermove', 'pointerdown', 'wheel', 'keydown'];

export function restingScreen(words, somebodyIsThere) {
  const others = new BroadcastChannel('kit-rest');
  const { paper, told, support } = paperWith(words);
  let timer = 0;
  let heard = 0;
  let left = null; // where the keyboard was

  function count() {
    clearTimeout(timer);
    timer = setTimeout(() => (showsSomebody() ? rest() : count()), QUIET);
  }

  function cover() {
    if (paper.open || !document.querySelector('.kit-bar')) return;
    left = placeOf(document.activeElement);
    paper.showModal(); // what is below can be neither reached nor read aloud
    told.focus();
  }

  function uncover() {
    if (paper.open) paper.close(); // the keyboard goes back, unless what had it was drawn anew meanwhile
    if (left && !left.node.isConnected) left.again()?.focus({ preventScroll: true });
    left = null;
    count();
  }

  function rest() {
    cover();
    others.postMessage('rest');
  }

  function wake() {
    uncover();
    others.postMessage('wake');
    somebodyIsThere();
  }

  function touched() {
    if (paper.open) return;
    count();
    if (Date.now() - heard < TELL_EVERY) return;
    heard = Date.now();
    others.postMessage('there');
  }

  // The key that brings it back goes no further: nothing is typed, pressed or run by it.
  function pressed(event) {
    const leadsToSupport = event.key === 'Tab' || (event.target === support && ['Enter', ' '].includes(event.key));
    if (!paper.open || leadsToSupport) return;
    event.preventDefault();
    event.stopPropagation();
    wake();
  }

  for (const sign of SIGNS) window.addEventListener(sign, touched, { capture: true, passive: true });
  window.addEventListener('keydown', pressed, { capture: true });
  paper.addEventListener('cancel', event => {
    event.preventDefault(); // a tablet's own way back
    wake();
  });
  paper.addEventListener('click', event => {
    wake();
    if (event.target === support) barInView()?.querySelector('.kit-bar-support').click();
  });
  others.onmessage = ({ data }) => ({ rest: cover, wake: uncover, there: count })[data]();
  count();
  return { rest };
}

function paperWith(words) {
  const made = (tag, more) => Object.assign(document.createElement(tag), more);
  const told = made('p', { tabIndex: -1, textContent: words.wake });
  const support = made('button', { type: 'button', textContent: words.supportNow });
  const paper = made('dialog', { className: 'kit-rest', ariaLabel: words.resting });
  paper.append(told, support);
  document.body.append(paper);
  return { paper, told, support };
}

const showsSomebody = () => document.querySelector('.kit-panel[data-somebody]') !== null;

const barInView = () => [...document.querySelectorAll('.kit-bar')].find(bar => bar.offsetParent !== null);

// Where the keyboard is, in words that still hold once its panel is drawn anew.
function placeOf(node) {
  const panel = node.closest('[data-word]')?.dataset.word;
  const field = node.closest('[data-field]')?.dataset.field;
  const again = () =>
    document.querySelector(`[data-word="${panel}"] [data-field="${field}"] :is(input, textarea, button)`);
  return { node, again };
}
