"""Events after which the App speaks although nobody has asked, where the repository's owners have switched that on.

Each module is named after GitHub's event and has `speak(services, event, payload)`: it reads from the payload what
might be spoken of and puts a job. The job, `telling`, finds out whether that is wanted, measures, and writes a comment.
"""
