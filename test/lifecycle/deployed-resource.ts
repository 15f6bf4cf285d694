import { readFileSync } from 'fs';
import { ACMClient, DescribeCertificateCommand } from '@aws-sdk/client-acm';
import { CloudFrontClient, GetDistributionCommand } from '@aws-sdk/client-cloudfront';
import { VariantStack } from './app';
import { secretsInPlaceOfReferences } from './dynamic-references';
import { EDGE_REGION } from '../../src/cdn/private/domain';
import { Intrinsics, TemplateResource } from '../checks/intrinsics';
import { describeStack } from '../emulator/deployed-stack';
import { EmulatedAccount } from '../emulator/emulators';

/** A resource of a stack, as CloudFormation was asked for it, and what it made of it. */
export interface DeployedResource {
  readonly variant: string;
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  /** Those of the template, with the ids of this deployment in place of intrinsics. */
  readonly properties: Record<string, any>;
  /** Whether it outlives its stack, as the template says. */
  readonly retained: boolean;
}

interface TemplateResourceWithPolicy extends TemplateResource {
  readonly DeletionPolicy?: string;
}

interface SynthesizedTemplate {
  readonly Resources: Record<string, TemplateResourceWithPolicy>;
  readonly Mappings?: Record<string, any>;
}

function templateOf({ folder, stack }: VariantStack): SynthesizedTemplate {
  return JSON.parse(readFileSync(`${folder}/${stack.templateFile}`, 'utf8'));
}

export function resourcesOf(deployed: VariantStack): TemplateResourceWithPolicy[] {
  return Object.values(templateOf(deployed).Resources);
}

export async function deployedResources(deployed: VariantStack, account: EmulatedAccount): Promise<DeployedResource[]> {
  const { name } = deployed.variant;
  const { id: stackId, resources: physicalIds } = await describeStack(account, name);
  const { Resources: resources, Mappings: mappings } = templateOf(deployed);
  const attributes = await attributesOf(resources, physicalIds, account);
  const intrinsics = new Intrinsics(resources, { region: account.region, stackName: name, stackId, physicalIds, attributes, mappings });
  return Promise.all(Object.entries(resources).map(async ([logicalId, { Type, Properties = {}, DeletionPolicy = 'Delete' }]) => ({
    variant: name,
    logicalId,
    type: Type,
    physicalId: physicalIds[logicalId],
    properties: await secretsInPlaceOfReferences(intrinsics.resolve(Properties), account),
    retained: !['Delete', 'Snapshot'].includes(DeletionPolicy), // of what leaves a snapshot, only that is left
  })));
}

/** What `Fn::GetAtt` answers beside ids. Nobody is told the secret of an access key but who made it, and no property that is read back has it. */
async function attributesOf(
  resources: Record<string, TemplateResourceWithPolicy>, physicalIds: Record<string, string>, account: EmulatedAccount,
): Promise<Record<string, Record<string, string>>> {
  const cloudFront = new CloudFrontClient(account);
  const certificates = new ACMClient({ ...account, region: EDGE_REGION });
  const known = await Promise.all(Object.entries(resources).map(async ([id, { Type }]) => {
    switch (Type) {
      case 'AWS::CloudFront::Distribution': {
        const { Distribution } = await cloudFront.send(new GetDistributionCommand({ Id: physicalIds[id] }));
        return [[id, { DomainName: Distribution!.DomainName! }]];
      }
      case 'AWS::S3::Bucket': return [[id, { RegionalDomainName: `${physicalIds[id]}.s3.${account.region}.amazonaws.com` }]];
      case 'Custom::EdgeCertificate': {
        const { Certificate } = await certificates.send(new DescribeCertificateCommand({ CertificateArn: physicalIds[id] }));
        const { Name, Value } = Certificate!.DomainValidationOptions![0].ResourceRecord!;
        return [[id, { DnsRecord: `${Name} CNAME ${Value}` }]];
      }
      case 'Custom::IssuedCertificate': return [[id, { CertificateArn: physicalIds[id].replace(/ is issued$/, '') }]];
      case 'AWS::IAM::AccessKey': return [[id, { SecretAccessKey: 'untold' }]];
      default: return [];
    }
  }));
  return Object.fromEntries(known.flat());
}
