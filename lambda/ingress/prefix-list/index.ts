import { EC2Client } from '@aws-sdk/client-ec2';
import { Ec2PrefixLists } from './ec2-prefix-lists';
import { createHandler } from './handler';
import { REQUEST_TIMEOUTS } from '../../shared/request-timeouts';

export const handler = createHandler({ prefixLists: new Ec2PrefixLists(new EC2Client({ requestHandler: REQUEST_TIMEOUTS })) });
