/** Where a test looks at what is switched off here, it says so: `delete process.env.CDK_CONTEXT_JSON`. */
const switches = { 'aws:cdk:disable-asset-staging': true, 'aws:cdk:disable-creation-stack-traces': true };

process.env.CDK_CONTEXT_JSON = JSON.stringify(switches); // a copy of each zip, and a trace of each construct, that nobody looks at: a sixth of a test's time
process.env.CDK_VALIDATION = 'false'; // the CloudFormation validator loads a WASM engine for about a second in each process; test/newest has it on for every construct
