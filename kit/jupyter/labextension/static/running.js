// Running the cells of a notebook: the lines that were read, or, where a person says so, the cells as they stand.

import { codeCells } from './trust.js';

const WIDGET = 'application/vnd.jupyter.widget-view+json';

const outputsOf = cell =>
  Array.from({ length: cell.model.outputs.length }, (_, at) => cell.model.outputs.get(at));

// The widgets that this page shows, by the names that the kernel has for them.
export const shown = panel =>
  codeCells(panel).flatMap(outputsOf).map(output => output.data?.[WIDGET]?.model_id).filter(Boolean);

async function runLine(cell, line, session, { outputarea }) {
  const { model } = cell;
  model.sharedModel.transact(() => {
    model.clearExecution();
    cell.outputHidden = false;
  }, false, 'silent-change');
  if (!line) return null;
  model.executionState = 'running';
  model.trusted = true; // what it shows from here on comes from this line
  const reply = await outputarea.OutputArea.execute(line, cell.outputArea, session, { cellId: model.id });
  model.executionCount = reply.content.execution_count;
  return reply;
}

async function succeeds(cell, run) {
  try {
    const reply = await run();
    return !reply || reply.content.status === 'ok';
  } catch {
    return false;
  } finally {
    cell.removeClass('kit-pending');
  }
}

// Runs what was read, in the kernel for which it was read; without a reading, the cells as they stand.
export async function runAll(panel, lab, reading) {
  const session = panel.context.sessionContext;
  if (reading && reading.kernel !== session.session?.kernel?.id) return false;
  const scrolled = panel.content.outerNode ?? panel.content.node;
  const { scrollTop } = scrolled;
  const cells = reading?.cells ?? codeCells(panel);
  // Only what stands below a cell that has run is still hidden: the page grows downwards, nothing jumps.
  if (!shown(panel).length) cells.forEach(cell => cell.addClass('kit-pending'));
  const runs = (cell, at) => reading
    ? runLine(cell, reading.lines[at], session, lab)
    : lab.cells.CodeCell.execute(cell, session);
  const outcomes = await Promise.all(cells.map((cell, at) => succeeds(cell, () => runs(cell, at))));
  if (scrollTop) scrolled.scrollTop = scrollTop;
  return outcomes.every(Boolean);
}
