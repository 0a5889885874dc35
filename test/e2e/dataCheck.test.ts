import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Workbench } from './workbench';

describe('the Data Check view', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await Workbench.open();
  });
  after(() => workbench.close());

  it('lists what is wrong with a right-clicked data set, and opens a row from the keyboard', async () => {
    const rows = (await readFile(join(workbench.workspace, 'reviews.jsonl'), 'utf8')).trimEnd();
    const [first] = rows.split('\n');
    await workbench.addFile('doubtful.jsonl', `${rows}\n${first!}\n{"label":"positive"}\n`);
    await workbench.contextMenu(workbench.file('doubtful.jsonl'), 'Check Data');

    const tree = workbench.page.getByRole('tree', { name: /Data Check/ });
    await tree.getByRole('treeitem', { name: /^Note: 1 row .* exact copy/ }).waitFor();
    const leftOut = tree.getByRole('treeitem', { name: /^Note: 1 row .* left out: column "text" is empty/ });
    await leftOut.click();
    const last = rows.split('\n').length + 2;
    const row = tree.getByRole('treeitem', { name: `doubtful.jsonl:${last}` });
    await row.waitFor();
    await workbench.picture('data check open');
    // From the finding over its sentence to the row.
    for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await workbench.page.keyboard.press(key);
    await workbench.page.locator('.statusbar-item', { hasText: `Ln ${last}, Col 1` }).waitFor();
  });
});
