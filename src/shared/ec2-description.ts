/** A letter with its marks taken off, such as u for ü. */
const MARKS = /\p{Mn}/gu;
const NOT_TAKEN = /[^a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]/gu;

/**
 * A description of a security group, with what EC2 does not take replaced: the ids of constructs, of which paths consist, may have any letter.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
 */
export function ec2Description(text: string): string {
  return text.normalize('NFKD').replace(MARKS, '').replace(NOT_TAKEN, '-').slice(0, 255);
}
