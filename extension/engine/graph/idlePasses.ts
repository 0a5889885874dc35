/**
 * Passes that onnxruntime makes over a graph when a session is opened, by the names of its version 1.30, which find nothing in ours. Each
 * looks at every node; leaving them out opens a training session of SmolLM2-135M some 15 % sooner
 * (docs/performance.md). Found by comparing the graphs before and after, with all passes and with these left out.
 */

/** For convolutions, other layouts and 8-bit numbers, which we do not write; and sums in products, which cost as much there. */
const foreign = [
  'EnsureUniqueDQForNodeUnit',
  'DoubleQDQPairsRemover',
  'ConstantSharing',
  'MatMulAddFusion',
  'SliceConcatToSpaceToDepthFusion',
  'QDQPropagationTransformer',
  'WeightBiasQuantization',
  'WhereDummyDq',
  'TransposeOptimizer',
  'TransposeOptimizer_CPUExecutionProvider',
  'Level2_RuleBasedTransformer',
  'QDQS8ToU8Transformer',
  'QDQSelectorActionTransformer',
  'QDQFinalCleanupTransformer',
  'GemmActivationFusion',
  'MatMulActivationFusion',
  'MatMulScaleFusion',
  'MatMulIntegerToFloatFusion',
  'MatMulNBitsFusion',
  'DynamicQuantizeMatMulFusion',
  'ConvActivationFusion',
  'ConvAddActivationFusion',
  'NchwcTransformer',
  'NhwcTransformer',
  'AttentionFusion',
  'EmbedLayerNormFusion',
  'GatherToSliceFusion',
  'GatherSliceToSplitFusion',
  'GroupQueryAttentionFusion',
  'GroupQueryAttentionPreNormFusion',
  'BiasSoftmaxFusion',
  'BiasDropoutFusion',
];

/** For norms and activations: what they would fuse is used by a backward pass as well. */
const forwardOnly = [
  'GeluFusionL1',
  'GeluFusionL2',
  'FastGeluFusion',
  'QuickGeluFusion',
  'BiasGeluFusion',
  'LayerNormFusionL1',
  'LayerNormFusionL2',
  'SimplifiedLayerNormFusion',
  'SkipLayerNormFusion',
  'BiasSkipLayerNormFusion',
  'ReshapeFusion',
];

/** @param backward whether the graph has a backward pass. */
export function idlePasses(backward: boolean): readonly string[] {
  return backward ? [...foreign, ...forwardOnly] : foreign;
}
