// The smallest Probot app there is: one handler that does nothing. Configured by Probot's own environment variables.
import { run } from "probot";

run((app) => {
  app.on("issue_comment", async () => {});
});
