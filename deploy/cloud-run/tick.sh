#!/usr/bin/env bash
# Make the scheduler that wakes the service once an hour and holds it awake while captures run.
# REGION=europe-west3 PUBLIC_URL=https://almanac.example.org ./tick.sh
set -euo pipefail

# Cloud Scheduler keeps the header: whoever may look at its jobs can read the token.
TICK_TOKEN=$(gcloud secrets versions access latest --secret almanac-tick-token)

# The request may last as long as `wait` and the start of an instance together.
gcloud scheduler jobs create http almanac-tick \
    --location "$REGION" \
    --schedule "7 * * * *" \
    --time-zone Etc/UTC \
    --http-method POST \
    --uri "$PUBLIC_URL/tick?wait=300" \
    --headers "Authorization=Bearer $TICK_TOKEN" \
    --attempt-deadline 330s \
    --max-retry-attempts 1
