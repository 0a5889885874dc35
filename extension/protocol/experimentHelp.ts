/** What the editor says of a field and offers for it: annotations of the JSON schema, and those of the fields within. */
export interface Help {
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  /** One a value of an enumeration, in its order; VS Code shows them beside the values. */
  readonly enumDescriptions?: readonly string[];
  readonly fields?: Readonly<Record<string, Help>>;
  /** Of a section whose fields depend on its name: those of each name. */
  readonly variants?: Readonly<Record<string, Help>>;
}

const learningRate: Help = { description: 'Learning rate at its highest.', examples: [0.03, 0.3] };

/**
 * What each field of an experiment (experiment.ts) is for. Apart from the fields themselves, which are loaded with every window; this is
 * needed when the JSON schema is written. Defaults are told from presets.ts.
 */
export const experimentHelp: Help = {
  description: 'A Soft Prompt Studio experiment.',
  fields: {
    $schema: { description: 'Address of this schema, for other editors.' },
    name: { description: 'Name of its runs. Default: the name of the file.' },
    model: {
      description:
        '"bundled", a folder with config.json, tokenizer.json and safetensors, a .gguf file, or organisation/name of a model downloaded from the hub.',
      default: 'bundled',
    },
    frozenWeights: {
      description: 'How the weights of the frozen model are held while it runs.',
      enumDescriptions: [
        'Matrices in float16 on a GPU that has 16-bit floats (WebGPU, CUDA), half the memory there; else as the model has them.',
        'As the model has them; a GPU holds them in float32.',
        'Those of linear maps in 4 bits: less memory, slower steps, and a slightly different model.',
      ],
    },
    precision: {
      description: 'What the model computes in. The prompt and its optimiser always have float32 or more.',
      enumDescriptions: [
        'float32, whatever the weights are stored as.',
        'float16 with loss scaling: half the memory, for GPUs that have 16-bit floats. Norms, softmax of the logits and loss stay in float32.',
      ],
    },
    data: {
      description:
        'Where the labelled examples come from: files, or the path of a data set alone, a folder with train.jsonl, dev.jsonl and test.jsonl.',
      fields: {
        train: {
          description:
            'Data set file: .jsonl, .json, .csv, .tsv or .parquet; or a folder with train, dev (or validation) and test files, which are then the parts.',
          examples: ['reviews.jsonl'],
        },
        dev: { description: 'Own file for the dev split; otherwise it is cut from the training file.' },
        test: { description: 'Own file for the test split; otherwise it is cut from the training file.' },
        split: {
          description:
            'How one file is cut into train, dev and test. Rows with the same text never land in different parts.',
          fields: {
            train: { description: 'Share of the rows that the prompt is learned from.' },
            dev: { description: 'Share of the rows that choose the best checkpoint.' },
            test: { description: 'Share of the rows that are only looked at once, at the end.' },
            seed: { description: 'Seed of the split.' },
            stratified: { description: 'Keep the share of each label the same in every part.' },
          },
        },
        limit: {
          description: 'Use at most this many training rows (seeded choice that keeps the share of each label).',
        },
      },
    },
    task: {
      description: 'How a row becomes an input text and a target text.',
      fields: {
        template: {
          description: 'Input text with {column} placeholders; {{ and }} stand for single braces.',
          examples: ['review: {text} sentiment:'],
        },
        label: {
          description: 'Classification: the label column and the words that stand for each value.',
          fields: {
            column: { description: 'Column that holds the label.', examples: ['label'] },
            words: {
              description:
                'Label value -> label words that the frozen model is to predict. No two labels have the same words, unless "merge" is true.',
              examples: [{ '0': 'negative', '1': 'positive' }],
            },
            merge: {
              description:
                'Whether values with the same words are one class on purpose. Default: false, which refuses them.',
            },
            scoring: {
              description: 'By what the likeliest label words are chosen, in every evaluation. Default: sum.',
              enumDescriptions: [
                'Sum of the log-probabilities of their tokens, which is the probability of the words.',
                'Mean of them, so that longer label words are not at a disadvantage.',
              ],
            },
          },
        },
        target: { description: 'Free text: the column whose text is to be produced.' },
        maxTokens: {
          description: 'Longest input in tokens; longer ones lose the end of their longest column, never the label.',
        },
      },
    },
    prompt: {
      description: 'The soft prompt.',
      fields: {
        position: {
          description: 'Where the prompt stands.',
          enumDescriptions: [
            'In front of the input text, as in the paper and in PEFT.',
            'Behind the input text, in front of the label: decoder-only models read each text once, and a step computes prompt and label only. PEFT cannot use such a prompt.',
            'Behind the text of the last column, in front of the rest of the template: otherwise as suffix, and the same as suffix where the template has no rest.',
          ],
        },
        length: { description: 'Number of virtual tokens, P.' },
        initialiser: {
          description:
            'Start of the prompt (Lester et al. 2021, section 3.2). Default: class-labels, or sampled-vocabulary for free text.',
          enumDescriptions: [
            'The embeddings of the label words (the mean over their tokens), the rest sampled from the vocabulary.',
            'The embeddings of tokens drawn from the first of the vocabulary.',
            'Random numbers of a uniform distribution around 0.',
            'The embeddings of the tokens of a text.',
            'Another prompt that was learned before (SPoT, Vu et al. 2021), cut or repeated to the length.',
          ],
        },
        text: { description: 'Text of the "text" initialiser, repeated to the length of the prompt.' },
        from: {
          description:
            'Where the "prompt" initialiser starts: a run folder (its best checkpoint), a checkpoint, an adapter folder, a .npy or .safetensors file. Its width has to be the model\'s.',
        },
        range: { description: 'Half width of the uniform initialiser.' },
        topTokens: { description: 'How many of the first vocabulary ids are sampled from.' },
      },
    },
    training: {
      description: 'How the prompt is learned.',
      fields: {
        preset: {
          description: 'Values for everything not given here.',
          enumDescriptions: [
            'A few minutes on two processor cores with the bundled model.',
            'The recipe of Lester et al. 2021; made for large models and a GPU.',
            'What the file says; what it does not say is as in quick.',
          ],
        },
        optimizer: {
          description: 'How the gradient moves the prompt.',
          variants: {
            adafactor: {
              fields: {
                name: { description: 'The optimiser of the paper.' },
                learningRate,
                weightDecay: { description: 'Weight decay a step, not multiplied by the learning rate.' },
                decayRate: { description: 'Exponent of the second moment.' },
                clippingThreshold: { description: 'RMS clip of an update.' },
                stepOrigin: {
                  description:
                    'Step the second moment counts from: 0, or 1100000 as the released code continues from its model.',
                },
              },
            },
            adamw: {
              fields: {
                name: { description: 'Adam with decoupled weight decay.' },
                learningRate,
                weightDecay: { description: 'Decoupled weight decay.' },
                beta1: { description: 'Decay of the first moment.' },
                beta2: { description: 'Decay of the second moment.' },
                epsilon: { description: 'Added to the root of the second moment.' },
              },
            },
            sgd: {
              fields: {
                name: { description: 'Stochastic gradient descent with momentum.' },
                learningRate,
                momentum: { description: 'Share of the last update that is kept.' },
                nesterov: { description: 'Look ahead along the momentum.' },
              },
            },
          },
        },
        schedule: {
          description: 'How the learning rate moves over the steps.',
          fields: {
            name: {
              description: 'How the learning rate moves over the steps.',
              enumDescriptions: [
                'Always the full learning rate, as in the paper.',
                'Rises to the full learning rate, then stays there.',
                'Falls in a straight line to 0 at the last step.',
                'Falls along half a cosine to 0 at the last step.',
              ],
            },
            warmUpSteps: {
              description:
                'Steps until the full learning rate. Default: a tenth of the steps for warm-up, otherwise 0.',
            },
          },
        },
        steps: { description: 'Most optimiser steps.' },
        batchSize: { description: 'Examples in an optimiser step.' },
        microBatchTokens: {
          description:
            'Most tokens (prompt included) in one pass; a batch is cut into such micro-batches, with the same result.',
        },
        gradientClipping: { description: 'Largest norm of the prompt gradient. Default: none.' },
        evaluateEvery: { description: 'Steps between two looks at the dev split.' },
        checkpointEvery: { description: 'Steps between two checkpoints. Default: at every evaluation.' },
        patience: { description: 'Evaluations without a better one before tuning stops; 0 never stops early.' },
        metric: {
          description: 'What the best checkpoint is chosen by. Default: accuracy, or loss for free text.',
          enumDescriptions: [
            'Share of the examples with the right class.',
            'Mean over the classes of F1, every class counting the same.',
            'Share of the targets that the model would write token by token.',
            'Mean negative log-likelihood of the right targets, nats a token; the lower the better.',
          ],
        },
        seed: { description: 'Seed of the initialiser and of the data order.' },
      },
    },
    executionProvider: {
      description: 'Where the model runs. Default: the setting, or auto.',
      enumDescriptions: [
        'A GPU where there is one, otherwise the processor.',
        'The processor.',
        'Any GPU, through WebGPU.',
        'An NVIDIA GPU, through CUDA.',
        'Any GPU on Windows, through DirectML.',
        'The GPU and the neural engine of a Mac, through Core ML.',
      ],
    },
  },
};
