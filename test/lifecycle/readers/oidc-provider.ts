import { GetOpenIDConnectProviderCommand } from '@aws-sdk/client-iam';
import { Reader } from './reader';

export const readOidcProvider: Reader = async ({ physicalId }, { iam }) => {
  const { ClientIDList, ThumbprintList, Url } = await iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: physicalId }));
  return { ClientIdList: ClientIDList, ThumbprintList, Url: Url!.replace(/^(?!https:)/, 'https://') }; // IAM leaves the scheme out
};
