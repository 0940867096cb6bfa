#!/usr/bin/env bash
# Almanac on IBM Cloud Code Engine: an app that sleeps while nobody asks, and a job that ticks once an hour.
# Before: ibmcloud login, ibmcloud ce project select --name …, and a file almanac.env (only you may read it) with
# DATABASE_URL, GITHUB_APP_ID, GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET, GITHUB_PRIVATE_KEY (base64 of the PEM text, one line),
# GITHUB_WEBHOOK_SECRET, SECRET_KEY and PUBLIC_URL.
# IMAGE=de.icr.io/namespace/almanac:1 ./deploy.sh
set -euo pipefail

ibmcloud ce secret create --name almanac --from-env-file almanac.env

# The schema, before the app starts.
ibmcloud ce job create --name almanac-migrate --image "$IMAGE" --env-from-secret almanac \
    --command python --argument -m --argument bot --argument migrate --cpu 0.5 --memory 1G
ibmcloud ce jobrun submit --name almanac-migrate-1 --job almanac-migrate --wait

# An instance keeps its CPU until it is stopped: ten minutes after the last request what was asked for is answered.
# Whenever it starts, its own clock looks for deliveries that were lost.
ibmcloud ce application create --name almanac --image "$IMAGE" --env-from-secret almanac \
    --env ROLES=serve,work,clock \
    --port 8080 --cpu 1 --memory 2G --ephemeral-storage 1G \
    --min-scale 0 --max-scale 3 --scale-down-delay 600 --request-timeout 330 \
    --probe-live type=http --probe-live path=/healthz --probe-live port=8080 \
    --probe-ready type=http --probe-ready path=/readyz --probe-ready port=8080

# A cron subscription cannot send an Authorization header, so it does not call POST /tick but runs the command.
ibmcloud ce job create --name almanac-tick --image "$IMAGE" --env-from-secret almanac \
    --command python --argument -m --argument bot --argument tick --cpu 1 --memory 2G --maxexecutiontime 3000 --retrylimit 0
ibmcloud ce subscription cron create --name almanac-tick --destination-type job --destination almanac-tick \
    --schedule "7 * * * *"
