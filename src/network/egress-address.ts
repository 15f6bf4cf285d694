/**
 * An elastic address that a network is seen by from outside.
 */
export interface EgressAddress {
  /**
   * Its allocation, such as `eipalloc-0a1b2c3d`.
   */
  readonly allocationId: string;

  /**
   * The address itself, such as `203.0.113.10`.
   */
  readonly publicIp: string;
}
