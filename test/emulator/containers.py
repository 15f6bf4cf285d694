"""What MiniStack 1.5.33 lacks to run the containers of an application on a real engine. Test-only, on top of account.py.

As there: each gap is closed by MiniStack's own functions and by the engine, and nothing here fakes a result. What upstream should do
instead, and what stays unemulated, is in docs/decisions/emulated-account.md.

The tasks run on one network of the engine, whose gateway has the address at which a task on AWS finds its credentials:
the account listens there, too. See test/containers/engine.ts.
"""
import http.client
import json
import os
import time

from docker.errors import ImageNotFound
from docker.models.images import ImageCollection
from docker.types import EndpointConfig, Healthcheck
from hypercorn.config import Config
from ministack.core import iam_actions
from ministack.core.concurrency import spawn_background
from ministack.core.responses import error_response_json, get_account_id, get_region, new_uuid, request_scope
from ministack.services import alb, ec2, ecr, ecs, efs, iam, imds, servicediscovery, sts
from ministack.services.cloudformation import provisioners, stacks

ADDRESS = os.environ.get("CONTAINERS_ADDRESS", "")  # of the account, for tasks
NETWORK = os.environ.get("CONTAINERS_NETWORK", "")  # of the engine
VOLUMES = os.environ.get("CONTAINERS_VOLUMES", "")  # a folder of the machine
SOCKET = os.environ.get("CONTAINERS_SOCKET", "")  # of the account, for who is not in the engine's network

HASTE = 10  # health checks and draining go ten times as quickly as a template says


def bridge():
    listen_where_tasks_are()
    use_local_images()
    provision_security_group_rules()
    record_scaling()
    register_whole_task_definitions()
    run_containers_as_defined()
    stop_containers_as_defined()
    mount_file_systems()
    give_tasks_their_role()
    name_services()
    begin_deployments_unfinished()
    check_health_of_targets()
    await_steady_services()
    authorize_tasks()
    authorize_log_streams()
    authorize_repositories()
    refuse_unknown_images()


# --- Where tasks and tests find the account, and where the account finds images.

def listen_where_tasks_are():
    port = os.environ["GATEWAY_PORT"]
    bind = Config.bind
    more = [f"{ADDRESS}:{port}", f"unix:{SOCKET}"]
    Config.bind = property(bind.fget, lambda config, hosts: bind.fset(config, [*hosts, *more]))


def use_local_images():
    """There is no registry: what the engine has is what there is."""
    def none(images, name, **_):
        raise ImageNotFound(f"{name} is asked of no registry here")

    ImageCollection.pull = ImageCollection.get_registry_data = none


# --- Gap 1: there is neither AWS::EC2::SecurityGroupIngress nor AWS::EC2::SecurityGroupEgress, though EC2 has the rules.

def provision_security_group_rules():
    for kind, store in (("Ingress", "IpPermissions"), ("Egress", "IpPermissionsEgress")):
        provisioners._RESOURCE_HANDLERS[f"AWS::EC2::SecurityGroup{kind}"] = security_group_rule(kind == "Egress", store)


def security_group_rule(is_egress, store):
    def create(logical_id, properties, stack_name):
        permission = provisioners._ec2_sg_permissions([properties])[0]
        group = ec2._security_groups[properties["GroupId"]]
        group.setdefault(store, []).append(permission)
        rule = ec2._sg_rule_id(properties["GroupId"], is_egress, permission)
        return rule, {"Id": rule}

    def delete(rule, properties):
        group = ec2._security_groups.get(properties["GroupId"])
        if group:
            permission = provisioners._ec2_sg_permissions([properties])[0]
            group[store] = [other for other in group.get(store, []) if other != permission]

    return {"create": create, "delete": delete}


# --- Gap 2: there is no Application Auto Scaling. Targets and policies are on record, and nothing scales.

def record_scaling():
    def record(kind):
        def create(logical_id, properties, stack_name):
            return f"{stack_name}-{logical_id}", {"Arn": f"arn:aws:autoscaling:{get_region()}:{get_account_id()}:{kind}:{logical_id}", "Id": logical_id}

        return {"create": create, "update": lambda name, old, new, stack_name: (name, create(name, new, stack_name)[1]), "delete": lambda *_: None}

    for kind in ("ScalableTarget", "ScalingPolicy"):
        provisioners._RESOURCE_HANDLERS[f"AWS::ApplicationAutoScaling::{kind}"] = record(kind)


# --- Gap 3: a container in an AWS::ECS::TaskDefinition keeps the names of CloudFormation below its first level, and so do volumes; the
#     platform is dropped.

def register_whole_task_definitions():
    normalize = provisioners._normalize_container_defs
    handler = provisioners._RESOURCE_HANDLERS["AWS::ECS::TaskDefinition"]
    create, tag = handler["create"], handler["update"]
    below = ("linuxParameters", "healthCheck", "ulimits", "dependsOn", "systemControls")

    def normalize_below(definitions):
        containers = normalize(definitions)
        for container in containers:
            container.update({key: provisioners._pascal_to_camel(container[key]) for key in below if key in container})
        return containers

    def create_with_volumes(logical_id, properties, stack_name):
        arn, attributes = create(logical_id, properties, stack_name)
        definition = ecs._task_defs[arn.rsplit("/", 1)[-1]]
        definition["volumes"] = [camel_volume(volume) for volume in properties.get("Volumes", [])]
        definition["runtimePlatform"] = provisioners._pascal_to_camel(properties.get("RuntimePlatform"))
        return arn, attributes

    def update(arn, old, new, stack_name, logical_id=None):
        if {**old, "Tags": None} == {**new, "Tags": None}:
            return tag(arn, old, new, stack_name, logical_id)
        return create_with_volumes(logical_id or arn, new, stack_name)

    provisioners._normalize_container_defs = normalize_below
    handler.update(create=create_with_volumes, update=update)


def camel_volume(volume):
    renamed = provisioners._pascal_to_camel(volume)
    efs_volume = renamed.pop("eFSVolumeConfiguration", None) or renamed.get("efsVolumeConfiguration")
    if efs_volume:
        efs_volume["fileSystemId"] = efs_volume.pop("filesystemId", None) or efs_volume["fileSystemId"]
        renamed["efsVolumeConfiguration"] = efs_volume
    return renamed


# --- Gap 4: of a container definition, ECS hands only the command, the environment, `privileged` and added capabilities to the engine.

def run_containers_as_defined():
    build = ecs._build_run_kwargs

    def build_all(container, definition, environment, ports, network, host_mode, task_id, task_arn, account_address, cluster_arn):
        options = build(container, definition, environment, ports, NETWORK, host_mode, task_id, task_arn, ADDRESS, cluster_arn)
        options.update(options_of(container))
        options["labels"][STOP_TIMEOUT] = str(container.get("stopTimeout", 30))
        options["networking_config"] = {NETWORK: EndpointConfig("1.41", aliases=names_of(task_arn))}
        return options

    ecs._build_run_kwargs = build_all


def options_of(container):
    linux = container.get("linuxParameters") or {}
    health = container.get("healthCheck")
    options = {
        "entrypoint": container.get("entryPoint"),
        "user": container.get("user"),
        "working_dir": container.get("workingDirectory"),
        "read_only": container.get("readonlyRootFilesystem"),
        "init": linux.get("initProcessEnabled"),
        "cap_drop": (linux.get("capabilities") or {}).get("drop"),
        "tmpfs": {mount["containerPath"]: ",".join([f"size={mount['size']}m", *mount.get("mountOptions", [])]) for mount in linux.get("tmpfs", [])},
        "healthcheck": health and Healthcheck(
            test=health["command"], retries=health.get("retries", 3),
            **{key: health[name] * 10 ** 9 for key, name in (("interval", "interval"), ("timeout", "timeout"), ("start_period", "startPeriod")) if name in health},
        ),
        "mem_limit": f"{container['memory']}m" if container.get("memory") else None,
    }
    return {name: value for name, value in options.items() if value}


# --- Gap 5: a container gets five seconds to end, whatever `stopTimeout` says, and counts as one that ended well.

STOP_TIMEOUT = "cdk-mainstay.stop-timeout"


def stop_containers_as_defined():
    def remove(engine, container):
        if not engine or container is None:
            return
        try:
            container = engine.containers.get(container) if isinstance(container, str) else container
            task = ecs._tasks.get(container.labels["com.amazonaws.ecs.task-arn"]) or {}
            time.sleep(draining_time(task))
            container.stop(timeout=int(container.labels[STOP_TIMEOUT]))
            code = container.wait()["StatusCode"]
            for known in task.get("containers", []):
                if known["name"] == container.labels["com.amazonaws.ecs.container-name"]:
                    known["exitCode"] = code
            container.remove(v=True)
        except Exception as error:  # the engine may be gone by now
            ecs.logger.warning("a container could not be stopped: %s", error)

    ecs._remove_docker_container = remove


def draining_time(task):
    """ECS stops a container after its targets were deregistered, which takes as long as their group says."""
    if not task.get("_healthy"):
        return 0
    groups = [balancer["targetGroupArn"] for balancer in service_of(task).get("loadBalancers", [])]
    return max((float(target_group_attribute(group, "deregistration_delay.timeout_seconds", 300)) for group in groups), default=0) / HASTE


def target_group_attribute(group, key, default):
    return next((attribute["Value"] for attribute in alb._tg_attrs.get(group, []) if attribute["Key"] == key), default)


def service_of(task):
    cluster, group = ecs._cluster_name_from_arn(task.get("clusterArn", "")), task.get("group", "")
    return ecs._services.get(f"{cluster}/{group.removeprefix('service:')}") or {}


# --- Gap 6: volumes of EFS are ignored. Here each access point is a folder of the machine, of its owner.

def mount_file_systems():
    binds = ecs._docker_binds_from_taskdef

    def bind_folders(definition, container):
        folders = {volume["name"]: folder_of(volume["efsVolumeConfiguration"]) for volume in definition.get("volumes", []) if volume.get("efsVolumeConfiguration")}
        return binds(definition, container) + [
            f"{folders[mount['sourceVolume']]}:{mount['containerPath']}:{'ro' if mount.get('readOnly') else 'rw'}"
            for mount in container.get("mountPoints", []) if mount["sourceVolume"] in folders
        ]

    ecs._docker_binds_from_taskdef = bind_folders


def folder_of(volume):
    file_system = volume["fileSystemId"]
    if not any(target["FileSystemId"] == file_system for target in efs._mount_targets.values()):
        raise ValueError(f"Failed to resolve \"{file_system}.efs.{get_region()}.amazonaws.com\": it has no mount target")
    access_point = (volume.get("authorizationConfig") or {}).get("accessPointId", "root")
    folder = os.path.join(VOLUMES, file_system, access_point)
    if not os.path.isdir(folder):
        owner = (efs._access_points.get(access_point) or {}).get("RootDirectory", {}).get("CreationInfo", {})
        os.makedirs(folder)
        if os.getuid() == 0:
            os.chown(folder, int(owner.get("OwnerUid", 0)), int(owner.get("OwnerGid", 0)))
            os.chmod(folder, int(owner.get("Permissions", "755"), 8))
        else:  # with an engine that is not ours: nobody else may give folders away
            os.chmod(folder, 0o777)
    return folder


# --- Gap 7: the credentials of a task are made up, at an address that no SDK accepts. Here they are a session of the task's role, at the
#     address of AWS; what they may do, MiniStack decides.

SESSIONS = {}  # what a task asks for, by its path


def give_tasks_their_role():
    register = ecs._register_metadata
    answer = imds.handle_request

    def register_with_role(task_arn, cluster_arn, definition, container, launch_type, environment, host_mode, _):
        token = register(task_arn, cluster_arn, definition, container, launch_type, environment, host_mode, ADDRESS)
        for name in ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN"):
            environment.pop(name)
        if definition.get("taskRoleArn"):
            path = f"/v2/credentials/{new_uuid()}"
            SESSIONS[path] = (definition["taskRoleArn"], task_arn.rsplit("/", 1)[-1])
            environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = environment["AWS_ENDPOINT_URL"] + path
        environment["AWS_REGION"] = environment["AWS_DEFAULT_REGION"] = get_region()
        return token

    async def answer_with_session(method, path, *rest):
        return imds._json_resp(session_of(*SESSIONS[path])) if path in SESSIONS else await answer(method, path, *rest)

    ecs._register_metadata = register_with_role
    imds.handle_request = answer_with_session


def session_of(role_arn, name):
    role = iam._roles[role_arn.rsplit("/", 1)[-1]]
    key, secret, token = iam._gen_session_access_key(), iam._gen_secret(), iam._gen_session_token()
    sts.register_session(key, {
        "Arn": f"arn:aws:sts::{get_account_id()}:assumed-role/{role['RoleName']}/{name}", "UserId": f"{role['RoleId']}:{name}", "SecretAccessKey": secret,
        "SessionToken": token, "Expiration": time.time() + 3600, "AccountId": get_account_id(), "PrincipalType": "AssumedRole", "SessionTags": [], "SessionPolicies": None,
    })
    return {"AccessKeyId": key, "SecretAccessKey": secret, "Token": token, "Expiration": iam._future(3600), "RoleArn": role_arn}


# --- Gap 8: services have no names: neither those of Cloud Map nor those of Service Connect. Here both are names on the network of the engine,
#     for all of its tasks.

NAMES = {}  # by the name of a service


def name_services():
    handler = provisioners._RESOURCE_HANDLERS["AWS::ECS::Service"]
    original = dict(handler)

    def create(logical_id, properties, stack_name):
        NAMES[properties.get("ServiceName", f"{stack_name}-{logical_id}")] = names_in(properties)
        return original["create"](logical_id, properties, stack_name)

    def update(arn, old, new, stack_name):
        NAMES[arn.rsplit("/", 1)[-1]] = names_in(new)
        return original["update"](arn, old, new, stack_name)

    handler.update(create=create, update=update)


def names_in(properties):
    names = []
    for registry in properties.get("ServiceRegistries", []):
        service = servicediscovery._services[registry["RegistryArn"].rsplit("/", 1)[-1]]
        names.append(f"{service['Name']}.{servicediscovery._namespaces[service['NamespaceId']]['Name']}")
    for service in (properties.get("ServiceConnectConfiguration") or {}).get("Services", []):
        names += [alias["DnsName"] for alias in service.get("ClientAliases", []) if alias.get("DnsName")]
    return names


def names_of(task_arn):
    group = (ecs._tasks.get(task_arn) or {}).get("group", "")
    return NAMES.get(group.removeprefix("service:"), [])


# --- Gap 9: the first deployment of a service is complete before it begins, so that nothing can fail it.

def begin_deployments_unfinished():
    make = ecs._make_deployment

    def make_unfinished(definition, desired_count, *rest):
        deployment = make(definition, desired_count, *rest)
        if desired_count > 0:
            deployment.update(rolloutState="IN_PROGRESS", rolloutStateReason="ECS deployment in progress.")
        return deployment

    ecs._make_deployment = make_unfinished


# --- Gap 10: a target is healthy as soon as it is registered. Here it is asked as its group says, and gets requests when it has answered well;
#     ECS stops the task of one that does not, and counts it as failed.

def check_health_of_targets():
    watch, publish, record_healthy = ecs._watch_task_lifecycle, alb.set_targets_for_group, ecs._record_service_task_healthy

    def watch_health(task, engine, account_id, region):
        watch(task, engine, account_id, region)
        if service_of(task).get("loadBalancers"):
            spawn_background(lambda: ask_while_active(task, account_id, region), thread_name=f"health-{task['taskArn'][-8:]}")
        else:
            task["_healthy"] = True

    def publish_healthy(group, targets, *rest):
        healthy = {ecs._task_ip(task) for task in ecs._tasks.values() if task.get("_healthy") and task.get("lastStatus") == "RUNNING"}
        return publish(group, [target for target in targets if target[0] in healthy], *rest)

    def record_if_healthy(service, task):
        if task.get("_healthy"):
            record_healthy(service, task)

    ecs._watch_task_lifecycle, alb.set_targets_for_group, ecs._record_service_task_healthy = watch_health, publish_healthy, record_if_healthy


def ask_while_active(task, account_id, region):
    with request_scope(account_id, region):
        service = service_of(task)
        groups = [(alb._tgs[balancer["targetGroupArn"]], balancer["containerPort"]) for balancer in service["loadBalancers"]]
        group = groups[0][0]
        interval, timeout = int(group["HealthCheckIntervalSeconds"]) / HASTE, int(group["HealthCheckTimeoutSeconds"])
        grace = time.time() + service.get("healthCheckGracePeriodSeconds", 0) / HASTE
        good = bad = 0
        while ecs._task_is_active(task["taskArn"], task):
            if all(is_answer_good(group, ecs._task_ip(task), port, timeout) for group, port in groups):
                good, bad = good + 1, 0
            else:
                good, bad = 0, bad + 1
            if good == int(group["HealthyThresholdCount"]) and not task.get("_healthy"):
                begin_traffic(task, service, account_id, region)
            if bad >= int(group["UnhealthyThresholdCount"]) and time.time() > grace:
                return end_unhealthy(task, group)
            time.sleep(interval)


def is_answer_good(group, host, port, timeout):
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    try:
        connection.request("GET", group.get("HealthCheckPath") or "/", headers={"User-Agent": "ELB-HealthChecker/2.0"})
        return is_expected(connection.getresponse().status, (group.get("Matcher") or {}).get("HttpCode") or "200")
    except OSError:
        return False
    finally:
        connection.close()


def is_expected(status, codes):
    ranges = [[int(code) for code in part.split("-")] for part in str(codes).split(",")]
    return any(low <= status <= high for low, *_, high in [(one[0], one[-1]) for one in ranges])


def begin_traffic(task, service, account_id, region):
    task["_healthy"] = True
    cluster = ecs._cluster_name_from_arn(task["clusterArn"])
    ecs._refresh_service_state(cluster, task["group"])
    ecs._schedule_service_deployment_completion(cluster, f"{cluster}/{service['serviceName']}", account_id, region, healthy_task=task)


def end_unhealthy(task, group):
    reason = f"Task failed ELB health checks in (target-group {group['TargetGroupArn']})"
    if ecs._mark_task_stopped(task["taskArn"], task, reason, "ServiceSchedulerInitiated"):
        ecs._cleanup_task_resources(task, ecs._get_docker())
        ecs._record_service_task_failure(task)


# --- Gap 11: an AWS::ECS::Service is complete at once, where CloudFormation waits until it is steady, and fails where ECS gives up.

MINUTES_TO_STEADY = 4


def await_steady_services():
    handler = provisioners._RESOURCE_HANDLERS["AWS::ECS::Service"]
    original = dict(handler)
    on_worker_thread = stacks._runs_on_worker_thread

    def create(logical_id, properties, stack_name):
        arn, attributes = original["create"](logical_id, properties, stack_name)
        service = service_by(arn)
        service["healthCheckGracePeriodSeconds"] = properties.get("HealthCheckGracePeriodSeconds", 0)
        try:
            await_steady(service)
        except ValueError:
            original["delete"](arn, properties)  # CloudFormation does so as it rolls back; here it does not know the service yet
            raise
        return arn, attributes

    def update(arn, old, new, stack_name):
        result = original["update"](arn, old, new, stack_name)
        await_steady(service_by(arn))
        return result

    handler.update(create=create, update=update)
    stacks._runs_on_worker_thread = lambda kind: kind == "AWS::ECS::Service" or on_worker_thread(kind)


def service_by(arn):
    return next(service for service in ecs._services.values() if service["serviceName"] == arn.rsplit("/", 1)[-1] and service["status"] == "ACTIVE")


def await_steady(service):
    asked_for = ecs._primary_deployment(service)
    until = time.time() + MINUTES_TO_STEADY * 60
    while time.time() < until:
        primary = ecs._primary_deployment(service)
        if primary["id"] != asked_for["id"] or asked_for["rolloutState"] == "FAILED":
            raise ValueError("Resource handler returned message: \"Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'.\"")
        if primary["rolloutState"] == "COMPLETED" and service["runningCount"] == service["desiredCount"]:
            return
        time.sleep(0.1)
    raise ValueError("Resource handler returned message: \"Exceeded attempts to wait\"")


# --- Gap 12: to policies, running a task is about a cluster, where on AWS it is about a task definition, and what is done to tasks is about these.

def authorize_tasks():
    extract = iam_actions.extract_resource_arn

    def extract_of_task(service, method, path, headers, body, *rest):
        action = headers.get("x-amz-target", "").rsplit(".", 1)[-1] if service == "ecs" else ""
        asked = json.loads(body or b"{}") if action in ("RunTask", "DescribeTasks", "StopTask") else {}
        if action == "RunTask":
            definition = ecs._task_defs.get(ecs._resolve_td_key(asked["taskDefinition"]))
            return definition["taskDefinitionArn"] if definition else "*"
        tasks = asked.get("tasks") or [asked.get("task")]
        if tasks[0]:
            cluster = str(asked.get("cluster", "default")).rsplit("/", 1)[-1]
            return tasks[0] if tasks[0].startswith("arn:") else f"arn:aws:ecs:{get_region()}:{get_account_id()}:task/{cluster}/{tasks[0]}"
        return extract(service, method, path, headers, body, *rest)

    iam_actions.extract_resource_arn = extract_of_task


# --- Gap 13: to policies, reading a log is about its group, where on AWS it is about a stream of it.

def authorize_log_streams():
    extract = iam_actions.extract_resource_arn

    def extract_stream(service, method, path, headers, body, *rest):
        arn = extract(service, method, path, headers, body, *rest)
        if service == "logs" and headers.get("x-amz-target", "").endswith(".GetLogEvents"):
            return f"{arn.removesuffix(':*')}:log-stream:{json.loads(body)['logStreamName']}"
        return arn

    iam_actions.extract_resource_arn = extract_stream


# --- Gap 14: to policies, who describes repositories asks for all of them, whatever names are given.

def authorize_repositories():
    extract = iam_actions.extract_resource_arn

    def extract_repository(service, method, path, headers, body, *rest):
        if service == "ecr" and headers.get("x-amz-target", "").endswith(".DescribeRepositories"):
            names = json.loads(body or b"{}").get("repositoryNames", [])
            if len(names) == 1:
                return f"arn:aws:ecr:{get_region()}:{get_account_id()}:repository/{names[0]}"
        return extract(service, method, path, headers, body, *rest)

    iam_actions.extract_resource_arn = extract_repository


# --- Gap 15: who asks for an image that there is not gets an empty list, where ECR says that there is none. The CDK CLI would build nothing.

def refuse_unknown_images():
    describe = ecr._describe_images

    def describe_images(data):
        name = data.get("repositoryName", "")
        if name in ecr._repositories and any(not ecr._find_image(name, image) for image in data.get("imageIds") or []):
            return error_response_json("ImageNotFoundException", f"an image that was asked for is not in the repository '{name}'", 400)
        return describe(data)

    ecr._describe_images = describe_images
