/** The thread of layouts: a bundle of its own. */
import { serve } from '../../data/work/serve.js';
import * as functions from './functions.js';

serve(functions);
