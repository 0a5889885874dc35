import * as vscode from 'vscode';

/** A fact for a tooltip; one without a value is left out. */
export type Fact = readonly [name: string, value: string | undefined];

/** A tooltip: a title, and a line for each fact that is known. */
export function factSheet(title: string, remarks: readonly string[], facts: readonly Fact[]): vscode.MarkdownString {
  const told = facts.flatMap(([name, value]) => (value ? [`- ${plain(`${name}: ${value}`)}`] : []));
  const said = remarks.flatMap((remark) => [plain(remark), '']);
  return new vscode.MarkdownString([`**${plain(title)}**`, '', ...said, ...told].join('\n'));
}

/** Text that Markdown takes for nothing but text: names, templates and reasons are not ours. One line. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]()#+\-.!<>|~&$]/g, '\\$&');
}
