import assert from 'node:assert/strict';
import { promptText } from '../../../extension/protocol/promptText';
import { inspectionOf } from '../../webview/inspections';

const lineOf = (text: string, position: number): string =>
  text.split('\n').find((line) => line.startsWith(`   ${position}  `))!;

describe('the readable form of a prompt', () => {
  it('has the model, P and D in its header, and one line a virtual token', () => {
    const text = promptText(inspectionOf({ length: 3 }));
    assert.match(text, /^# model: studio-39m \(llama, 16384 tokens\)$/m);
    assert.match(text, /^# virtual tokens: 3$/m);
    assert.match(text, /^# width: 576$/m);
    assert.equal(text.split('\n').filter((line) => /^ +\d/.test(line)).length, 3);
  });

  it('quotes tokens, so that spaces and line ends are seen, and marks lists that say nothing', () => {
    const text = promptText(inspectionOf());
    assert.match(lineOf(text, 0), /^ {3}0 {2}\d\.\d{3} {2}" animal" 0\.\d\d {2}" animals" 0\.\d\d/);
    assert.match(lineOf(text, 3), /^ {3}3 {2}\d\.\d{3} {2}~ " body"/);
  });

  it('does not change with the last digits of a number, nor with where the prompt lies', () => {
    const inspection = inspectionOf({ length: 1 });
    const [snapshot] = inspection.snapshots;
    const [token] = snapshot!.tokens;
    const near = token!.neighbours.map((each) => ({ ...each, cosine: Number(each.cosine.toFixed(2)) }));
    const of = (epsilon: number, path: string): string =>
      promptText({
        ...inspection,
        prompt: { ...inspection.prompt, path },
        snapshots: [
          {
            ...snapshot!,
            path,
            tokens: [
              {
                ...token!,
                norm: 1.25 + epsilon,
                neighbours: near.map((each) => ({ ...each, cosine: each.cosine + epsilon })),
              },
            ],
          },
        ],
      });
    assert.equal(of(1e-7, '/here'), of(-1e-7, '/there'));
  });
});
