// The CloudFormation validator loads a WASM engine of about a second per process; test/checks keeps it on for every construct.
process.env.CDK_VALIDATION = 'false';
