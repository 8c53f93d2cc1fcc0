/** What the thread of layouts does. */
export { umap } from '../../learn/evaluate/umap.js';
