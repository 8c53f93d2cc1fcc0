import { serve } from '../../../../src/data/work/serve.js';
import * as functions from './functions.js';

serve(functions);
