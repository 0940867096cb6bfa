"""What webhooks tell of a repository's activity, on its way into the store; `storage.activity_events` has the rule."""
