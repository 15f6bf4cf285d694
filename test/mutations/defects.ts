import { SourceDefect } from './source-defect';
import { TemplateDefect } from './template-defect';
import { listedBesideTests } from '../checks/beside-tests';

export const SOURCE_DEFECTS = listedBesideTests<SourceDefect>('defects', 'SOURCE_DEFECTS');
export const TEMPLATE_DEFECTS = listedBesideTests<TemplateDefect>('defects', 'TEMPLATE_DEFECTS');
