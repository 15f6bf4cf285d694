/** What becomes of a key of a compose file. The reader goes by these tables, and the page of docs shows them. */
export interface KeyRule {
  /** Whether it becomes something on AWS, is left out with a warning, or is an error. */
  readonly rule: 'maps' | 'ignored' | 'refused';
  /** What it becomes, why nothing is lost without it, or what to do instead. */
  readonly text: string;
}

export type KeyRules = Readonly<Record<string, KeyRule>>;

const maps = (text: string): KeyRule => ({ rule: 'maps', text });
const ignored = (text: string): KeyRule => ({ rule: 'ignored', text });
const refused = (text: string): KeyRule => ({ rule: 'refused', text });

const SIZE = 'give `deploy.resources.limits`, of which Fargate has the nearest size';
const HOST = 'Fargate shares nothing of the host: leave it out';
const LIMITS = 'Fargate isolates each task in a machine of its own';

/** At the top of the file. Keys that begin with `x-` are left out. */
export const TOP_KEYS: KeyRules = {
  services: maps('services and tasks, below'),
  volumes: maps('with a volume of a service: data that outlives its tasks'),
  secrets: maps('`external`: secrets of Secrets Manager, by their names'),
  name: maps('nothing: CloudFormation names what it creates'),
  version: maps('nothing, as in Compose itself'),
  networks: maps('nothing: services reach what `depends_on`, `links` or a setting names, and nothing else'),
  configs: refused('put the file into the image, or its values into `environment`'),
  include: refused('resolve it first: `docker compose config`'),
  models: refused('AWS runs no models for Compose: call a service such as Amazon Bedrock'),
  jobs: refused('use addScheduledTask() of the app'),
};

/** Of a service. */
export const SERVICE_KEYS: KeyRules = {
  build: maps('an image that CDK builds from the directory and uploads'),
  cap_add: maps('`keepCapabilities`; Fargate gives no others than Docker does by default'),
  command: maps('`command`'),
  cpus: maps('the nearest size of Fargate that is as large'),
  depends_on: maps('order, and the open port; `service_completed_successfully` makes the other a deploy task'),
  deploy: maps('size and number of tasks'),
  entrypoint: maps('`entryPoint`'),
  env_file: maps('`environment`'),
  environment: maps('`environment`; names in `secrets` become secrets'),
  expose: maps('the port of an internal service'),
  healthcheck: maps('the health check of the container; of a web service also the path that the load balancer asks, if its command names one'),
  image: maps('`image`'),
  links: maps('the open port'),
  mem_limit: maps('the nearest size of Fargate that is as large'),
  platform: maps('`cpuArchitecture`'),
  ports: maps('the port of a web or internal service'),
  profiles: maps('left out, unless `profiles` names one of them'),
  read_only: maps('`rootFilesystem`: false is RootFilesystem.writable(); without the key it is read-only'),
  scale: maps('`minimumTasks`'),
  secrets: maps('secret settings by the name of each, as ECS has no secret files'),
  stop_grace_period: maps('`stopTimeout`, at most 120 s'),
  tmpfs: maps('`writablePaths`'),
  user: maps('`user`'),
  volumes: maps('a named one: `dataPath` of an internal service; one without a source: `writablePaths`'),
  working_dir: maps('`workingDirectory`'),

  annotations: ignored('ECS has none'),
  attach: ignored('logs go to CloudWatch'),
  cap_drop: ignored('all capabilities are dropped that `cap_add` does not name'),
  container_name: ignored('ECS names tasks'),
  develop: ignored('it is for a machine of a developer'),
  external_links: ignored('use a binding for what is not in the file'),
  hostname: ignored('ECS names tasks; services are reached by their names in the file'),
  init: ignored('every task has an init process'),
  label_file: ignored('tag the stack: Tags.of(stack).add()'),
  labels: ignored('tag the stack: Tags.of(stack).add()'),
  logging: ignored('logs go to CloudWatch; `ContainerLogs` is the way to others'),
  mem_reservation: ignored(SIZE),
  networks: ignored('services reach what `depends_on`, `links` or a setting names, and nothing else'),
  pids_limit: ignored(LIMITS),
  pull_policy: ignored('ECS pulls an image for each task'),
  pull_refresh_after: ignored('ECS pulls an image for each task'),
  restart: ignored('ECS replaces tasks of services that end'),
  security_opt: ignored(LIMITS),
  stop_signal: ignored('ECS sends STOPSIGNAL of the image, or SIGTERM'),
  stdin_open: ignored('nobody sits before it'),
  tty: ignored('nobody sits before it'),

  blkio_config: refused(LIMITS),
  cgroup: refused(HOST),
  cgroup_parent: refused(HOST),
  configs: refused('put the file into the image, or its values into `environment`'),
  cpu_count: refused(SIZE),
  cpu_percent: refused(SIZE),
  cpu_period: refused(SIZE),
  cpu_quota: refused(SIZE),
  cpu_rt_period: refused(SIZE),
  cpu_rt_runtime: refused(SIZE),
  cpu_shares: refused(SIZE),
  cpuset: refused(SIZE),
  credential_spec: refused('Windows containers are not supported'),
  device_cgroup_rules: refused(HOST),
  devices: refused(HOST),
  dns: refused('tasks use the resolver of the VPC'),
  dns_opt: refused('tasks use the resolver of the VPC'),
  dns_search: refused('tasks use the resolver of the VPC'),
  domainname: refused('tasks use the resolver of the VPC'),
  extends: refused('resolve it first: `docker compose config`'),
  extra_hosts: refused('name the host in Route 53, or put the address into a setting'),
  gpus: refused('Fargate has no GPUs'),
  group_add: refused('give `user` with its group'),
  ipc: refused(HOST),
  isolation: refused('Windows containers are not supported'),
  mac_address: refused(HOST),
  mem_swappiness: refused('Fargate does not swap'),
  memswap_limit: refused('Fargate does not swap'),
  models: refused('AWS runs no models for Compose: call a service such as Amazon Bedrock'),
  network_mode: refused('each task has a network interface of its own'),
  oom_kill_disable: refused(LIMITS),
  oom_score_adj: refused(LIMITS),
  pid: refused(HOST),
  post_start: refused('do it in the entry point of the image'),
  pre_start: refused('use a service with `service_completed_successfully`, which becomes a deploy task'),
  pre_stop: refused('do it when the process gets SIGTERM'),
  privileged: refused('Fargate runs no privileged containers'),
  provider: refused('create the resource with CDK, and bind it by `uses`'),
  runtime: refused(HOST),
  shm_size: refused('Fargate has 64 MiB of shared memory and no more'),
  storage_opt: refused('use `ephemeralStorage` of the app'),
  sysctls: refused('leave it out: Fargate sets none but those of ports'),
  ulimits: refused('leave it out: Fargate allows 65 535 open files'),
  umask: refused('do it in the entry point of the image'),
  use_api_socket: refused(HOST),
  userns_mode: refused(HOST),
  uts: refused(HOST),
  volumes_from: refused('use a named volume of one internal service'),
};

/** Of `build`. */
export const BUILD_KEYS: KeyRules = {
  args: maps('build arguments'),
  context: maps('the directory'),
  dockerfile: maps('the Dockerfile'),
  target: maps('the stage'),
  cache_from: ignored('CDK has a cache of its own'),
  cache_to: ignored('CDK has a cache of its own'),
  labels: ignored('ECR has none'),
  no_cache: ignored('CDK builds again if a file changed'),
  no_cache_filter: ignored('CDK builds again if a file changed'),
  pull: ignored('CDK builds again if a file changed'),
  tags: ignored('CDK names images by their content'),
  additional_contexts: refused('put the files below `context`'),
  dockerfile_inline: refused('write a Dockerfile'),
  entitlements: refused('leave it out'),
  extra_hosts: refused('leave it out'),
  isolation: refused('leave it out'),
  network: refused('leave it out'),
  platforms: refused('give `platform` of the service'),
  privileged: refused('leave it out'),
  provenance: refused('leave it out'),
  sbom: refused('leave it out'),
  secrets: refused('build the image in CI, and give it by `image`'),
  shm_size: refused('leave it out'),
  ssh: refused('build the image in CI, and give it by `image`'),
  ulimits: refused('leave it out'),
};

/** Of `deploy`. */
export const DEPLOY_KEYS: KeyRules = {
  replicas: maps('`minimumTasks`'),
  resources: maps('the nearest size of Fargate that is as large'),
  labels: ignored('tag the stack: Tags.of(stack).add()'),
  mode: ignored('ECS spreads tasks over availability zones'),
  placement: ignored('ECS spreads tasks over availability zones'),
  restart_policy: ignored('ECS replaces tasks of services that end'),
  rollback_config: ignored('ECS rolls a deployment back that fails'),
  update_config: ignored('ECS starts new tasks before it stops old ones'),
  endpoint_mode: refused('services are reached by their names: leave it out'),
};

/** Of `healthcheck`. */
export const HEALTH_CHECK_KEYS: KeyRules = {
  disable: maps('no health check'),
  interval: maps('the time between two checks, 5 to 300 s'),
  retries: maps('the failures in a row that count, 1 to 10'),
  start_period: maps('the time in which failures do not count, at most 300 s'),
  test: maps('the command'),
  timeout: maps('the time that a check may take, 2 to 60 s'),
  start_interval: ignored('ECS checks by `interval` from the start'),
};
