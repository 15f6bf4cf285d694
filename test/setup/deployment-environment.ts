// For stacks that are deployed, which need copies of their assets: a function that CDK brings has its code there alone.
process.env.CDK_CONTEXT_JSON = JSON.stringify({ 'aws:cdk:disable-creation-stack-traces': true });
process.env.CDK_VALIDATION = 'false'; // as in environment.ts
