"""What MiniStack 1.5.33 lacks to be the account of the demo and the end-to-end tests. Test-only.

Each gap is closed by MiniStack's own functions: nothing here fakes a result. What upstream should do instead, and what
stays unemulated, is in docs/decisions/emulated-account.md.
"""
import contextvars
import json
import re
from xml.sax.saxutils import escape

from ministack import app
from ministack.core import iam_actions
from ministack.services import acm, cloudwatch_logs, dynamodb, eventbridge, iam, s3, secretsmanager
from ministack.services.cloudformation import provisioners

EVENT_VERSION = contextvars.ContextVar("version of the object whose event is under way", default=None)


def bridge():
    provision_whole_buckets()
    tell_event_bridge_the_version()
    take_metric_math()
    authorize_batches_as_messages()
    name_parameters_without_slashes()
    provision_identity_providers()
    provision_access_keys()
    provision_whole_tables()
    know_what_is_asked_for_at_the_edge()
    refer_to_secrets_by_arn()
    hand_secrets_to_containers()
    deliver_from_one_source()
    move_labels_of_secrets()
    stand_for_tls()


# --- Gap 1: AWS::S3::Bucket silently drops these properties, without which CDK's auto-delete refuses to empty a bucket (it looks
#     for its tag) and the encryption, expiry, logging and ownership that a template declares are not there. It also deletes a
#     bucket that is not empty, where AWS refuses.

def provision_whole_buckets():
    handler = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    original = dict(handler)

    def create(logical_id, properties, stack_name):
        name, attributes = original["create"](logical_id, properties, stack_name)
        configure(name, properties)
        return name, attributes

    def update(name, old, new, stack_name):
        name, attributes = original["update"](name, old, new, stack_name)
        configure(name, new, old)
        return name, attributes

    def delete(name, properties):
        status, _, answer = s3._delete_bucket(name)
        if status >= 400 and status != 404:
            raise ValueError(f"AWS::S3::Bucket {name} could not be deleted: {answer.decode()}")
        original["delete"](name, properties)

    handler.update(create=create, update=update, delete=delete)


def configure(bucket, properties, old=()):
    unknown = set(properties) - NATIVE - set(BRIDGED)
    if unknown:
        raise ValueError(f"account.py: neither MiniStack nor the bridge honours {sorted(unknown)} of AWS::S3::Bucket: add it to BRIDGED")
    for name, (document, put, remove) in BRIDGED.items():
        if properties.get(name):
            answer = put(bucket, document(properties[name]))
        elif name in old:
            answer = remove(bucket)
        else:
            continue
        if answer[0] >= 400:
            raise ValueError(f"AWS::S3::Bucket {bucket}: {name} refused: {answer[2].decode()}")


def tags(values):
    return xml_document("Tagging", {"TagSet": {"Tag": values}})


def encryption(value):
    def by_default(rule):
        # MiniStack wants a key with every aws:kms. CDK's bootstrap bucket names none, which means the account's own on AWS.
        default = rule["ServerSideEncryptionByDefault"]
        return default if default["SSEAlgorithm"] != "aws:kms" else {"KMSMasterKeyID": "alias/aws/s3", **default}

    return xml_document("ServerSideEncryptionConfiguration", {"Rule": [
        {"ApplyServerSideEncryptionByDefault": by_default(rule), "BucketKeyEnabled": rule.get("BucketKeyEnabled")}
        for rule in value["ServerSideEncryptionConfiguration"]
    ]})


def lifecycle(value):
    return xml_document("LifecycleConfiguration", {"Rule": [lifecycle_rule(dict(rule)) for rule in value["Rules"]]})


def lifecycle_rule(rule):
    converted = {
        "ID": rule.pop("Id", None),
        "Filter": {"Prefix": rule.pop("Prefix", "")},
        "Status": rule.pop("Status"),
        "Expiration": {"Days": rule.pop("ExpirationInDays", None), "ExpiredObjectDeleteMarker": rule.pop("ExpiredObjectDeleteMarker", None)},
        "NoncurrentVersionExpiration": rule.pop("NoncurrentVersionExpiration", None),
        "AbortIncompleteMultipartUpload": rule.pop("AbortIncompleteMultipartUpload", None),
    }
    if rule:
        raise ValueError(f"account.py: the bridge does not know {sorted(rule)} of a lifecycle rule: add it to lifecycle_rule()")
    return converted


def logging(value):
    return xml_document("BucketLoggingStatus", {
        "LoggingEnabled": {"TargetBucket": value["DestinationBucketName"], "TargetPrefix": value.get("LogFilePrefix", "")},
    })


def no_logging(bucket):
    return s3._put_bucket_logging(bucket, xml_document("BucketLoggingStatus", {}))


def ownership(value):
    return xml_document("OwnershipControls", {"Rule": value["Rules"]})


NATIVE = {
    "BucketName", "CorsConfiguration", "NotificationConfiguration", "PublicAccessBlockConfiguration", "VersioningConfiguration",
    "AccessControl",  # CDK's bootstrap bucket says Private, which every bucket is
}
BRIDGED = {
    "BucketEncryption": (encryption, s3._put_bucket_encryption, s3._delete_bucket_encryption),
    "LifecycleConfiguration": (lifecycle, s3._put_bucket_lifecycle, s3._delete_bucket_lifecycle),
    "LoggingConfiguration": (logging, s3._put_bucket_logging, no_logging),
    "OwnershipControls": (ownership, s3._put_bucket_ownership_controls, s3._delete_bucket_ownership_controls),
    "Tags": (tags, s3._put_bucket_tagging, s3._delete_bucket_tagging),
}


def xml_document(root, content):
    return xml(root, content or {}).replace(f"<{root}>", f'<{root} xmlns="{s3.S3_NS}">', 1).encode()


def xml(tag, value):
    if isinstance(value, list):
        return "".join(xml(tag, item) for item in value)
    if isinstance(value, dict):
        inner = "".join(xml(name, item) for name, item in value.items())
        return f"<{tag}>{inner}</{tag}>" if inner or tag in ("BucketLoggingStatus", "Filter") else ""
    if value is None:
        return ""
    return f"<{tag}>{escape(str(value).lower() if isinstance(value, bool) else str(value))}</{tag}>"


# --- Gap 2: the EventBridge form of an S3 event lacks `version-id`, which MiniStack knows: it is in the SQS and SNS forms.

def tell_event_bridge_the_version():
    fire, dispatch = s3._fire_s3_event, eventbridge._dispatch_event

    def fire_with_version(*args, **kwargs):
        token = EVENT_VERSION.set(kwargs.get("version_id"))
        try:
            return fire(*args, **kwargs)
        finally:
            EVENT_VERSION.reset(token)

    def dispatch_with_version(event, *args, **kwargs):
        version = EVENT_VERSION.get()
        if version and version != "null" and event.get("Source") == "aws.s3":
            detail = json.loads(event["Detail"])
            detail["object"]["version-id"] = version
            event = {**event, "Detail": json.dumps(detail)}
        return dispatch(event, *args, **kwargs)

    s3._fire_s3_event, eventbridge._dispatch_event = fire_with_version, dispatch_with_version


# --- Gap 3: an AWS::CloudWatch::Alarm on metric math is refused, and with it its whole stack. Here it is made without its metrics, as an
#     alarm that nothing ever sets off; docs/what-is-proven.md lists them as ignored.

def take_metric_math():
    record = provisioners._cw_metric_alarm_record

    def record_without_math(name, properties):
        if "Metrics" in properties:
            kept = {key: value for key, value in properties.items() if key != "Metrics"}
            properties = {**kept, "Namespace": "cdk-mainstay/NotEmulated", "MetricName": "MetricMath"}
        return record(name, properties)

    provisioners._cw_metric_alarm_record = record_without_math


# --- Gap 4: a batch of messages is asked for by a name of its own, which IAM does not have: the permission for single ones covers it.

BATCHES = {"sqs:SendMessageBatch", "sqs:DeleteMessageBatch", "sqs:ChangeMessageVisibilityBatch"}


def authorize_batches_as_messages():
    extract = iam_actions.extract_iam_action

    def extract_single(*args, **kwargs):
        action = extract(*args, **kwargs)
        return action.removesuffix("Batch") if action in BATCHES else action

    iam_actions.extract_iam_action = extract_single


# --- Gap 5: a parameter without a name is called /STACK/ID, so that the ARN that CDK makes of a generated name is not its own.

def name_parameters_without_slashes():
    handler = provisioners._RESOURCE_HANDLERS["AWS::SSM::Parameter"]
    create = handler["create"]
    handler["create"] = lambda logical_id, properties, stack_name: create(
        logical_id, {"Name": f"CFN-{logical_id}-{stack_name}", **properties}, stack_name)


# --- Gap 6: there is no AWS::IAM::OIDCProvider, though IAM has providers.

def provision_identity_providers():
    def create(logical_id, properties, stack_name):
        unknown = set(properties) - {"Url", "ClientIdList"}
        if unknown:
            raise ValueError(f"account.py: the bridge does not honour {sorted(unknown)} of AWS::IAM::OIDCProvider")
        clients = {f"ClientIDList.member.{index}": [client] for index, client in enumerate(properties.get("ClientIdList", []), 1)}
        status, _, answer = iam._create_oidc_provider({"Url": [properties["Url"]], **clients})
        if status >= 400:
            raise ValueError(f"AWS::IAM::OIDCProvider {logical_id} could not be created: {answer.decode()}")
        arn = f"arn:aws:iam::{iam.get_account_id()}:oidc-provider/{properties['Url'].removeprefix('https://')}"
        return arn, {"Arn": arn}

    def delete(arn, properties):
        iam._delete_oidc_provider({"OpenIDConnectProviderArn": [arn]})

    provisioners._RESOURCE_HANDLERS["AWS::IAM::OIDCProvider"] = {"create": create, "delete": delete}


# --- Gap 7: there is no AWS::IAM::AccessKey, though IAM has access keys.

def provision_access_keys():
    def create(logical_id, properties, stack_name):
        unknown = set(properties) - {"UserName"}
        if unknown:
            raise ValueError(f"account.py: the bridge does not honour {sorted(unknown)} of AWS::IAM::AccessKey")
        status, _, answer = iam._create_access_key({"UserName": [properties["UserName"]]})
        if status >= 400:
            raise ValueError(f"AWS::IAM::AccessKey {logical_id} could not be created: {answer.decode()}")
        key, secret = (re.search(rf"<{tag}>([^<]*)</{tag}>", answer.decode())[1] for tag in ("AccessKeyId", "SecretAccessKey"))
        return key, {"SecretAccessKey": secret}

    def delete(key, properties):
        iam._delete_access_key({"AccessKeyId": [key]})

    provisioners._RESOURCE_HANDLERS["AWS::IAM::AccessKey"] = {"create": create, "delete": delete}


# --- Gap 8: AWS::DynamoDB::Table silently drops encryption and point-in-time recovery, and deletes what is protected from it.

def provision_whole_tables():
    handler = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::Table"]
    original = dict(handler)

    def create(logical_id, properties, stack_name):
        name, attributes = original["create"](logical_id, properties, stack_name)
        if "PointInTimeRecoverySpecification" in properties:
            dynamodb._update_continuous_backups({"TableName": name, "PointInTimeRecoverySpecification": properties["PointInTimeRecoverySpecification"]})
        if "SSESpecification" in properties:
            specification = {"Enabled" if key == "SSEEnabled" else key.replace("KmsMaster", "KMSMaster"): value for key, value in properties["SSESpecification"].items()}
            dynamodb._update_table({"TableName": name, "SSESpecification": specification})
        return name, attributes

    def delete(name, properties):
        if dynamodb._tables.get(name, {}).get("DeletionProtectionEnabled"):
            raise ValueError(f"AWS::DynamoDB::Table {name} could not be deleted: it is protected")
        original["delete"](name, properties)

    handler.update(create=create, delete=delete)


# --- Gap 9: conditions do not see what a request asks of ACM and Route 53, nor the tags of certificates and log deliveries, and
#     the sources and destinations of deliveries are not known by their ARNs.

def know_what_is_asked_for_at_the_edge():
    context_of_tags = iam_actions.request_tag_context

    def context(service, iam_action, body, params):
        return {**context_of_tags(service, iam_action, body, params), **edge_context(iam_action, body)}

    iam_actions.request_tag_context = context
    extract = iam_actions.extract_resource_arn

    def extract_part_of_delivery(service, method, path, headers, body, params, region, account_id):
        part = re.search(r"\.(?:Put|Delete)Delivery(Source|Destination)$", headers.get("x-amz-target", "")) if service == "logs" else None
        if part:
            return f"arn:aws:logs:{region}:{account_id}:delivery-{part[1].lower()}:{json.loads(body)['name']}"
        return extract(service, method, path, headers, body, params, region, account_id)

    iam_actions.extract_resource_arn = extract_part_of_delivery


def edge_context(iam_action, body):
    asked = json.loads(body) if body[:1] == b"{" else {}
    if iam_action == "acm:RequestCertificate":
        names = [asked["DomainName"], *asked.get("SubjectAlternativeNames", [])]
        return {"acm:DomainNames": names, "acm:ValidationMethod": asked.get("ValidationMethod", "EMAIL")}
    if iam_action in ("acm:DescribeCertificate", "acm:DeleteCertificate"):
        certificate = acm._certificates.get(asked["CertificateArn"], {})
        return {f"aws:ResourceTag/{tag['Key']}": tag["Value"] for tag in certificate.get("Tags", [])}
    if iam_action == "logs:DeleteDelivery":
        return {f"aws:ResourceTag/{key}": value for key, value in cloudwatch_logs._deliveries.get(asked["id"], {}).get("tags", {}).items()}
    if iam_action == "route53:ChangeResourceRecordSets":
        def values(tag):
            return re.findall(rf"<{tag}>([^<]*)</{tag}>", body.decode())
        return {
            "route53:ChangeResourceRecordSetsActions": values("Action"),
            "route53:ChangeResourceRecordSetsRecordTypes": values("Type"),
            "route53:ChangeResourceRecordSetsNormalizedRecordNames": [name.lower().removesuffix(".") for name in values("Name")],
        }
    return {}


# --- Gap 10: `Ref` of an AWS::SecretsManager::Secret is its name, by which the policies that CDK makes of it let nobody read it.

def refer_to_secrets_by_arn():
    handler = provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]
    original = dict(handler)

    def name_of(arn):
        name, _ = secretsmanager._resolve(arn)
        return name or arn

    def create(logical_id, properties, stack_name):
        _, attributes = original["create"](logical_id, properties, stack_name)
        return attributes["Arn"], attributes

    def update(arn, old, new, stack_name, logical_id=None):
        _, attributes = original["update"](name_of(arn), old, new, stack_name, logical_id)
        return attributes["Arn"], attributes

    def delete(arn, properties):
        original["delete"](name_of(arn), properties)

    handler.update(create=create, update=update, delete=delete)


# --- Gap 11: the secrets of a container keep the names that CloudFormation has for `name` and `valueFrom`, by which ECS does not find them.

def hand_secrets_to_containers():
    normalize = provisioners._normalize_container_defs

    def normalize_secrets(definitions):
        containers = normalize(definitions)
        for container in containers:
            if "secrets" in container:
                container["secrets"] = [{provisioners._cfn_to_camel(key): value for key, value in secret.items()} for secret in container["secrets"]]
        return containers

    provisioners._normalize_container_defs = normalize_secrets


# --- Gap 12: a resource may be in two delivery sources, and a source may come to deliver from another resource. CloudWatch Logs refuses both, in these words:
#     github.com/hashicorp/terraform-provider-aws/issues/40885 and github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2513

def deliver_from_one_source():
    put = cloudwatch_logs._put_delivery_source

    def put_one_source(data):
        def conflict(message):
            return cloudwatch_logs.error_response_json("ConflictException", message, 400)

        wanted = (data.get("resourceArn"), data.get("logType"))
        for name, source in cloudwatch_logs._delivery_sources.items():
            delivers = (source["resourceArns"][0], source["logType"])
            if name != data.get("name") and delivers == wanted:
                return conflict("This ResourceId has already been used in another Delivery Source in this account.")
            if name == data.get("name") and delivers[0] != wanted[0]:
                return conflict("Update to existing Delivery Source with new ResourceId is not allowed. Please create a new Delivery Source instead.")
        return put(data)

    cloudwatch_logs._put_delivery_source = put_one_source


# --- Gap 13: a label of ours that a new version of a secret gets stays at the version of before, too.

def move_labels_of_secrets():
    put = secretsmanager._put_secret_value

    def put_moving(data):
        answer = put(data)
        if answer[0] < 400:
            placed = json.loads(answer[2])
            _, secret = secretsmanager._resolve(data["SecretId"])
            for version, attributes in secret["Versions"].items():
                if version != placed["VersionId"]:
                    attributes["Stages"] = [stage for stage in attributes["Stages"] if stage not in placed["VersionStages"]]
        return answer

    secretsmanager._put_secret_value = put_moving


# --- Not a gap: the account enforces TLS-only policies, and serves plain HTTP. Here loopback stands for TLS, as behind a load
#     balancer, whose header MiniStack reads. Who sends `x-forwarded-proto: http` is refused.

def stand_for_tls():
    serve = app.app

    async def behind_tls(scope, receive, send):
        if scope["type"] == "http" and not any(name.lower() == b"x-forwarded-proto" for name, _ in scope["headers"]):
            scope = {**scope, "headers": [*scope["headers"], (b"x-forwarded-proto", b"https")]}
        await serve(scope, receive, send)

    app.app = behind_tls
