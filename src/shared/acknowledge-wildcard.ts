import { Stack, Validations } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/**
 * Says to rule packs why a policy in a scope names many resources. cdk-nag takes it only for exactly this ARN, so any other
 * wildcard in the same policy is still found.
 */
export function acknowledgeWildcard(scope: IConstruct, arn: string, reason: string): void {
  const resource = asRulePacksWriteIt(Stack.of(scope).resolve(arn));
  const id = `AwsSolutions-IAM5[Resource::${resource}]`;
  if (resource.includes('::')) {
    // aws-cdk-lib 2.257, our floor, throws for an id with a second '::', as an ARN with pseudo parameters has. This is what it would write.
    scope.node.addMetadata(Validations.ACKNOWLEDGED_RULES_METADATA_KEY, { [`Annotation::${id}`]: reason });
  } else {
    Validations.of(scope).acknowledge({ id, reason });
  }
}

type Resolved = string | { 'Fn::GetAtt': [string, string] } | { 'Fn::Join': [string, Resolved[]] } | { 'Fn::Select': unknown } | { Ref: string };

function asRulePacksWriteIt(value: Resolved): string {
  if (typeof value === 'string') return value;
  if ('Fn::GetAtt' in value) return `<${value['Fn::GetAtt'].join('.')}>`;
  if ('Fn::Join' in value) return value['Fn::Join'][1].map(asRulePacksWriteIt).join(value['Fn::Join'][0]);
  return 'Ref' in value ? `<${value.Ref}>` : JSON.stringify(value);
}
