import { DescribeContinuousBackupsCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { Reader } from './reader';

export const readTable: Reader = async ({ physicalId: TableName }, { tables }) => {
  const { Table } = await tables.send(new DescribeTableCommand({ TableName }));
  const { ContinuousBackupsDescription } = await tables.send(new DescribeContinuousBackupsCommand({ TableName }));
  const { SSEDescription: encryption } = Table!;
  return {
    AttributeDefinitions: Table!.AttributeDefinitions,
    BillingMode: Table!.BillingModeSummary?.BillingMode,
    DeletionProtectionEnabled: Table!.DeletionProtectionEnabled,
    KeySchema: Table!.KeySchema,
    PointInTimeRecoverySpecification: {
      PointInTimeRecoveryEnabled: ContinuousBackupsDescription!.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED',
    },
    SSESpecification: encryption && { SSEEnabled: encryption.Status === 'ENABLED', SSEType: encryption.SSEType, KMSMasterKeyId: encryption.KMSMasterKeyArn },
  };
};
