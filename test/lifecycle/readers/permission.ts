import { GetPolicyCommand } from '@aws-sdk/client-lambda';
import { parsed, Reader } from './reader';

/** A statement in the policy of the function; of several, the one for the same service. */
export const readPermission: Reader = async ({ properties: { FunctionName, Principal } }, { lambda }) => {
  const { Policy } = await lambda.send(new GetPolicyCommand({ FunctionName }));
  const statement = parsed(Policy).Statement.find((each: any) => each.Principal?.Service === Principal);
  return {
    Action: statement?.Action,
    FunctionName: statement?.Resource,
    Principal: statement?.Principal.Service,
    SourceArn: statement?.Condition?.ArnLike?.['AWS:SourceArn'],
  };
};
