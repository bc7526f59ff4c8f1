// The same notebook in a second window: the cells that run there put away what stood here.

import { shown } from './running.js';

export function watch(panel, words, bringHere) {
  const session = panel.context.sessionContext;
  const place = document.createElement('div');
  place.className = 'kit-other-window';
  place.setAttribute('role', 'status');
  panel.content.node.append(place);

  const leave = () => {
    if (place.firstChild) return;
    const sentence = document.createElement('p');
    sentence.textContent = words.elsewhere;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'kit-go';
    button.textContent = words.bringHere;
    button.addEventListener('click', bringHere);
    place.append(sentence, ' ', button);
  };

  // The kernel tells every window whose cells have closed what: that is enough, in one browser or in two.
  session.iopubMessage.connect((_, message) => {
    if (message.header.msg_type !== 'comm_close') return;
    const byOurselves = message.parent_header.session === session.session?.kernel?.clientId;
    if (!byOurselves && shown(panel).includes(message.content.comm_id)) leave();
  });

  return {
    isElsewhere: () => place.hasChildNodes(),
    settle: () => {
      if (place.contains(document.activeElement)) panel.content.node.focus();
      place.replaceChildren();
    }
  };
}
