export { matmul, matmulScratch } from './matmul';
export {
  activationGradient,
  adam,
  biasActivation,
  columnSums,
  momentum,
  scale,
  sigmoidCrossEntropy,
  squaredError,
} from './training';
export {
  addPatches,
  depthwiseFilterGradient,
  depthwiseInputGradient,
  gatherRows,
  geometry,
  maxPoolGradient,
  segmentSum,
  toPatches,
} from './image';
