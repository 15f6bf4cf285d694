import { createHash } from 'crypto';
import { GetEventSourceMappingCommand, GetFunctionCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { Reader, tagsOf } from './reader';

export const readFunction: Reader = async ({ physicalId, properties: { Code } }, { lambda, s3 }) => {
  const { Configuration, Concurrency, Tags } = await lambda.send(new GetFunctionCommand({ FunctionName: physicalId }));
  const { Architectures, CodeSha256, Description, Environment, Handler, LoggingConfig, MemorySize, Role, Runtime, Timeout } = Configuration!;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: Code.S3Bucket, Key: Code.S3Key }));
  const published = createHash('sha256').update(await Body!.transformToByteArray()).digest('base64');
  return {
    Architectures,
    Code: CodeSha256 === published ? Code : { CodeSha256 }, // Lambda tells the hash of the zip that it has, and not where it is from
    Description,
    Environment,
    Handler,
    LoggingConfig,
    MemorySize,
    ReservedConcurrentExecutions: Concurrency?.ReservedConcurrentExecutions,
    Role,
    Runtime,
    Tags: tagsOf(Tags),
    Timeout,
  };
};

export const readEventSourceMapping: Reader = async ({ physicalId }, { lambda }) => {
  const { BatchSize, EventSourceArn, FunctionArn, FunctionResponseTypes, ScalingConfig } =
    await lambda.send(new GetEventSourceMappingCommand({ UUID: physicalId }));
  return { BatchSize, EventSourceArn, FunctionName: FunctionArn?.split(':').at(-1), FunctionResponseTypes, ScalingConfig };
};
