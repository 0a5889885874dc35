import assert from 'node:assert/strict';
import { initialWords, isAmong } from '../../../extension/engine/interpretation/initialWords';
import { labelPersistence } from '../../../extension/engine/interpretation/labelPersistence';
import { lexicalGroups, sameWord } from '../../../extension/engine/interpretation/lexicalGroups';
import { distinctNeighbours, type TokenNeighbour } from '../../../extension/engine/interpretation/neighbours';
import { tokenTexts } from '../../../extension/engine/interpretation/tokenText';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import { modelFixtures } from '../models/modelFixtures';

const token = (id: number, text: string, distance = 1): TokenNeighbour => ({
  id,
  text,
  cosine: 1 - distance,
  distance,
});

describe('words', () => {
  const alike = [
    ['Technology', ' technology'],
    ['technologies', 'Technology'],
    ['technological', 'technologies'],
    ['cat', ' Cats'],
    ['class', 'classes'],
    ['entire', 'entirely'],
    ['naïve', 'naïve'],
  ] as const;
  for (const [one, other] of alike)
    it(`${one} and ${other} are one`, () => {
      assert.ok(sameWord(one, other) && sameWord(other, one));
    });
  const different = [
    ['nation', 'native'],
    ['animal', 'animation'],
    ['plan', 'planet'],
    ['s', 'ss'],
    ['...', '!'],
    ['an', 'ans'],
  ] as const;
  for (const [one, other] of different)
    it(`${one} and ${other} are two`, () => {
      assert.ok(!sameWord(one, other) && !sameWord(other, one));
    });

  it('are grouped by a form that links two others', () => {
    assert.deepEqual(lexicalGroups(['complete', 'sun', 'completely', 'Suns', 'complet']), [
      [0, 2, 4],
      [1, 3],
    ]);
  });

  it('keep the space in front of them, whatever the tokenizer does at the beginning of a text', async () => {
    for (const name of ['llama-tied', 't5-v1.1']) {
      const model = await loadFrozenModel(`${modelFixtures}/${name}`);
      const textOf = tokenTexts(model);
      const ids = model.encodeWords('The film was good and good');
      assert.equal(
        ids
          .map((id) => textOf(id))
          .join('')
          .trim(),
        'The film was good and good',
      );
    }
  });
});

describe('what a virtual token started as', () => {
  it('is its label, or the token it lies on, and nothing where it lies on none', () => {
    const nearest = [token(5, 'x', 0.5), token(6, ' use', 0), token(7, 'y', 0.3)];
    assert.deepEqual(initialWords(nearest, [1, 1, 1], [{ words: 'food', ids: [1, 2] }]), [
      { words: 'food', ids: [1, 2] },
      { words: ' use', ids: [6] },
      undefined,
    ]);
  });

  it('is found among neighbours by its tokens and by its text in any case', () => {
    const food = { words: 'food', ids: [8] };
    assert.ok(isAmong(food, [token(1, 'a'), token(8, 'fo')]));
    assert.ok(isAmong(food, [token(9, ' Food')]));
    assert.ok(!isAmong(food, [token(9, ' foods')]));
    assert.ok(!isAmong({ words: ' ', ids: [] }, [token(9, '')]));
  });
});

describe('label persistence', () => {
  const labels = [
    { words: 'yes', ids: [1] },
    { words: 'no', ids: [2] },
  ];
  const at = (step: number, ...ids: readonly number[][]): Parameters<typeof labelPersistence>[2][number] => ({
    step,
    neighbours: ids.map((each) => each.map((id) => ({ id, text: `t${id}` }))),
  });
  const checkpoints = [at(0, [1], [2], [3]), at(10, [3], [2], [1]), at(20, [1], [3], [1]), at(30, [1], [4], [3])];

  it('tells where each label is at each checkpoint, and since when it is gone from its own position', () => {
    assert.deepEqual(labelPersistence(labels, true, checkpoints), [
      {
        words: 'yes',
        position: 0,
        found: [
          { step: 0, positions: [0] },
          { step: 10, positions: [2] },
          { step: 20, positions: [0, 2] },
          { step: 30, positions: [0] },
        ],
      },
      {
        words: 'no',
        position: 1,
        found: [
          { step: 0, positions: [1] },
          { step: 10, positions: [1] },
          { step: 20, positions: [] },
          { step: 30, positions: [] },
        ],
        lostAt: 20,
      },
    ]);
  });

  it('knows no own position with another initialiser, or in a prompt that is too short', () => {
    assert.ok(
      labelPersistence(labels, false, checkpoints).every(
        ({ position, lostAt }) => position === undefined && lostAt === undefined,
      ),
    );
    const short = labelPersistence(labels, true, [at(0, [1])]);
    assert.deepEqual(
      short.map(({ position }) => position),
      [0, undefined],
    );
  });
});

describe('distinct neighbours', () => {
  it('come by rank, each once', () => {
    const lists = [
      [token(1, 'a'), token(2, 'b')],
      [token(3, 'c'), token(1, 'a'), token(4, 'd')],
    ];
    assert.deepEqual(
      distinctNeighbours(lists).map(({ id }) => id),
      [1, 3, 2, 4],
    );
    assert.deepEqual(distinctNeighbours([]), []);
  });
});
