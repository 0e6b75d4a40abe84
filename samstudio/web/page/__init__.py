"""The web application: Gradio tabs over the services, and the drawing canvas.

Only presentation: what can be done and what it means is decided in
`samstudio.services`; nothing here touches a session or a model.
"""
