// What may run by itself: the server reads the code of the cells, and what it hands back is what runs.

const IMPORTS_KIT = /^\s*(import|from)\s+kit\b/m;

export const codeCells = panel => panel.content.widgets.filter(cell => cell.model.type === 'code');

const sources = cells => cells.map(cell => cell.model.sharedModel.getSource());

export const carriesMark = panel => typeof panel.context.model.getMetadata('kit')?.notebook === 'string';

export const importsKit = panel => sources(codeCells(panel)).some(code => IMPORTS_KIT.test(code));

// `lines` are there where each cell is one of the kit's own; `runs` says whether they may run in the kernel that is there.
export async function read(panel, ask) {
  const cells = codeCells(panel);
  const kernel = panel.context.sessionContext.session?.kernel?.id ?? null;
  const kernelspec = panel.context.model.getMetadata('kernelspec')?.name ?? null;
  const answer = await ask('kit/trust', { kernel, kernelspec, cells: sources(cells) });
  if (!answer.ok) throw new Error(answer.statusText);
  return { cells, kernel, ...(await answer.json()) };
}
