import { inFile, SourceDefect } from '../mutations/source-defect';
import { TemplateDefect } from '../mutations/template-defect';

export const TEMPLATE_DEFECTS: TemplateDefect[] = [];

export const SOURCE_DEFECTS: SourceDefect[] = [
  ...inFile('src/stage/stage-profile.ts', [
    { name: 'a profile is set twice', find: 'present && this.differences(present).length > 0', replace: 'false' },
    { name: 'staging data goes with its stack', find: "return new StageProfile('staging', {\n      availabilityZones: 2,\n      natStrategy: NatStrategy.single(),\n      standby: false,\n      deletionProtection: false,\n      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE", replace: "return new StageProfile('staging', {\n      availabilityZones: 2,\n      natStrategy: NatStrategy.single(),\n      standby: false,\n      deletionProtection: false,\n      removalPolicy: RemovalPolicy.DESTROY" },
  ]),
];
