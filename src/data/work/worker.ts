/** A worker of the pool: a bundle of its own. */
import * as functions from './functions.js';
import { serve } from './serve.js';

serve(functions);
