import { DescribeParametersCommand, GetParameterCommand } from '@aws-sdk/client-ssm';
import { Reader } from './reader';

export const readParameter: Reader = async ({ physicalId }, { parameters }) => {
  const { Parameter } = await parameters.send(new GetParameterCommand({ Name: physicalId }));
  const { Parameters = [] } = await parameters.send(new DescribeParametersCommand({ ParameterFilters: [{ Key: 'Name', Values: [physicalId] }] }));
  return { Description: Parameters[0]?.Description, Name: Parameter?.Name, Type: Parameter?.Type, Value: Parameter?.Value };
};
