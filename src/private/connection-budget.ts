import { Annotations, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { requireWholeNumber } from './require-whole-number';

/** What is left for migrations, monitoring and people. Ours. */
const SHARE_OF_APPLICATIONS = 0.9;

/**
 * Counts who may open how many connections, and warns once it is too many.
 */
export class ConnectionBudget {
  private readonly reserved: string[] = [];
  private total = 0;
  private isOver = false;

  constructor(private readonly database: Construct, private readonly limit: number | undefined) {}

  public reserve(by: string, count: number): void {
    const where = this.database.node.path;
    if (Token.isUnresolved(by) || Token.isUnresolved(count)) {
      throw new Error(`${where}: 'by' and 'count' of reserved connections must be known at synthesis, got a token: they are added up then`);
    }
    requireWholeNumber({ where, prop: 'count', value: count, least: 1, unit: 'connections' });
    this.reserved.push(`${by} ${count}`);
    this.total += count;
    if (this.limit === undefined || this.isOver || this.total <= this.limit * SHARE_OF_APPLICATIONS) return;
    this.isOver = true;
    Annotations.of(this.database).addWarningV2(
      'cdk-mainstay:EncryptedDatabase.ConnectionBudget',
      `${this.total} of about ${this.limit} connections are reserved (${this.reserved.join(', ')}), which leaves less than a tenth for migrations, monitoring and people: ` +
      'make pools smaller, scale to fewer tasks, or take a larger class',
    );
  }
}
