"""The query of resolve-customer and the write of write-payment, as a Lambda in Python does them with boto3."""

import json
import os
import sys

import boto3

dynamodb = boto3.client("dynamodb")


def resolve_customer(event):
    subscription = event["detail"]["data"]["object"]
    page = dynamodb.query(
        TableName=os.environ["HOMEBIYORI_CORE"],
        IndexName="GSI2",
        KeyConditionExpression="customer_id = :customer",
        FilterExpression="SK = :subscription",
        ProjectionExpression="PK",
        ExpressionAttributeValues={
            ":customer": {"S": subscription["customer"]},
            ":subscription": {"S": "SUBSCRIPTION"},
        },
    )
    return [item["PK"]["S"] for item in page["Items"]]


def write_payment(event):
    invoice = event["detail"]["data"]["object"]
    paid_at = invoice["status_transitions"]["paid_at"]
    values = {
        "user_id": {"S": event["customer"]["userId"]},
        "customer_id": {"S": invoice["customer"]},
        "subscription_id": {"S": invoice["parent"]["subscription_details"]["subscription"]},
        "stripe_invoice_id": {"S": invoice["id"]},
        "amount": {"N": str(invoice["amount_paid"])},
        "currency": {"S": invoice["currency"]},
        "status": {"S": "succeeded"},
        "billing_period_start": {"N": str(invoice["lines"]["data"][0]["period"]["start"])},
        "billing_period_end": {"N": str(invoice["lines"]["data"][0]["period"]["end"])},
        "stripe_created": {"N": str(invoice["created"])},
        "created_at": {"N": str(paid_at)},
        "expires_at": {"N": str(paid_at + 7 * 365 * 24 * 3600)},
    }
    sets = [f"#{name} = :{name}" for name in values]
    dynamodb.update_item(
        TableName=os.environ["HOMEBIYORI_PAYMENTS"],
        Key={"PK": {"S": f"INVOICE#{invoice['id']}"}, "SK": {"S": "SUCCEEDED"}},
        UpdateExpression=f"SET {', '.join(sets)}, #payment_id = if_not_exists(#payment_id, :stripe_invoice_id)",
        ConditionExpression="attribute_not_exists(#amount) OR #amount < :amount "
        "OR (#amount = :amount AND #created_at >= :created_at)",
        ExpressionAttributeNames={"#payment_id": "payment_id", **{f"#{name}": name for name in values}},
        ExpressionAttributeValues={f":{name}": value for name, value in values.items()},
        ReturnValues="ALL_OLD",
    )


handlers = {"resolve-customer": resolve_customer, "write-payment": write_payment}

if len(sys.argv) > 1:
    handlers[sys.argv[1]](json.loads(os.environ["PAYLOAD"])["event"])
