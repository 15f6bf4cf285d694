import { CLIENTS } from './clients';
import { readConfig } from './config';
import { createHandler } from './handler';

const config = readConfig(process.env);

export const handler = createHandler({ config, ask: CLIENTS[config.family] });
