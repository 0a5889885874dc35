import { Configuration } from '../../engine/models/configuration';
import { declaredModel } from '../../engine/models/declaredModel';
import { stepFlops } from '../../engine/models/stepFlops';
import { tuningMemory, weightBytes } from '../../engine/models/tuningMemory';
import type { RecommendedModel, Workload } from '../../protocol/models';
import { withVerdict } from '../memoryEstimate';
import { recommendableModels, type RecommendableModel } from './models';

/** How much of its best product's speed a tuning step reaches: 55 to 87 % where it was measured (docs/performance.md). */
const shareOfBestProduct = 0.7;
/** Longer than this, nobody waits for a first result. */
const comfortableMinutes = 60;
const most = 5;
const least = 3;

/** What tuning a model costs on any machine. */
export interface TuningCost {
  readonly model: RecommendableModel;
  /** Its place in the list: the higher, the stronger. */
  readonly strength: number;
  readonly architecture: string;
  readonly parameters: number;
  /** What memory has to suffice for. */
  readonly workload: Workload;
  /** Bytes that a step of the workload holds beside the weights. */
  readonly activations: number;
  /** Floating point operations of a step with examples of ordinary length. */
  readonly flops: number;
}

/**
 * What tuning each model costs, read off its graph: about a tenth of a second each.
 * @param workload with examples as long as nearly all are.
 * @param typicalTokens of an example of ordinary length.
 */
export function tuningCosts(
  workload: Workload,
  typicalTokens: number,
  models: readonly RecommendableModel[] = recommendableModels,
): TuningCost[] {
  const { promptLength, batchSize: batch } = workload;
  // One target token an example, and in a decoder the end token after it.
  const rows = { batch, rows: batch, targets: batch, lead: 0, slots: 1, decoder: 2 };
  const sizes = { ...rows, text: typicalTokens, past: 0, reached: promptLength + typicalTokens };
  return models.map((model, strength) => {
    const { architecture, network } = declaredModel(Configuration.of(model.id, model.configuration));
    const { parameters } = network;
    const { activations } = tuningMemory(network, workload, { float32: false });
    const flops = stepFlops(network, promptLength, sizes);
    return { model, strength, architecture, parameters, workload, activations, flops };
  });
}

/** What the choice depends on. */
export interface Situation {
  /** Floating point operations a second of a matrix product on this machine. */
  readonly speed: number;
  /** Bytes. */
  readonly memory: { readonly free: number; readonly installed: number };
  /** Optimiser steps of a run. */
  readonly steps: number;
  /** Whether the texts are English; undefined where there are none to look at. */
  readonly english: boolean | undefined;
}

/**
 * Three to five models for a machine and data, the one to try first in front: of those that fit into memory and take a run of up to
 * an hour the strongest first, then what takes longer, the quickest first. The quickest of all is always among them.
 *
 * @param isDownloaded whether a model lies on this machine already.
 */
export function recommend(
  costs: readonly TuningCost[],
  situation: Situation,
  isDownloaded: (id: string) => boolean,
): RecommendedModel[] {
  const possible = costs
    .map((cost) => ({ cost, told: estimate(cost, situation, isDownloaded) }))
    .filter(({ told }) => told.memory.verdict !== 'too-large');
  const suits = ({ cost }: { readonly cost: TuningCost }): boolean =>
    situation.english !== false || cost.model.languages === 'many';
  const suitable = possible.filter(suits);
  // Better one for another language than none.
  const ranked = (suitable.length >= Math.min(least, possible.length) ? suitable : possible).sort((a, b) => {
    const language = Number(suits(b)) - Number(suits(a));
    const comfort = Number(isComfortable(b.told)) - Number(isComfortable(a.told));
    const order = isComfortable(a.told) ? b.cost.strength - a.cost.strength : a.told.minutes - b.told.minutes;
    return language || comfort || order;
  });
  const listed = ranked.slice(0, most);
  const [quickest] = [...ranked].sort((a, b) => a.told.minutes - b.told.minutes);
  if (quickest && !listed.includes(quickest)) listed[most - 1] = quickest;
  return listed.map(({ told }) => told);
}

function isComfortable({ memory, minutes }: RecommendedModel): boolean {
  return memory.verdict === 'fits' && minutes <= comfortableMinutes;
}

function estimate(
  { model, architecture, parameters, workload, activations, flops }: TuningCost,
  { speed, memory, steps }: Situation,
  isDownloaded: (id: string) => boolean,
): RecommendedModel {
  const { id, licence, gated = false, bytes, goodFor } = model;
  const weights = weightBytes({ parameters }, { float32: false }, memory.installed);
  const stepSeconds = flops / (shareOfBestProduct * speed);
  return {
    ...{ id, licence, gated, bytes, goodFor, architecture, parameters, stepSeconds },
    memory: withVerdict({ weights, activations }, workload, memory),
    minutes: (steps * stepSeconds) / 60,
    downloaded: isDownloaded(id),
  };
}
