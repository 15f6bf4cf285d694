/**
 * A setting of a service or task of an app.
 */
export interface AppSetting {
  /** The id of the service or task in the app. */
  readonly service: string;
  /** The name that the application reads. */
  readonly name: string;
  /** `secret`, which ECS reads when a task starts, or `plain`. */
  readonly kind: string;
  /** What sets it, such as `Stack/Database.binding()`. */
  readonly origin: string;
}
