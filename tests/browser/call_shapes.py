"""What a screen reader is told in a call: the question, the complaint, what may be granted, the promise."""

QUESTION = """
- main:
  - paragraph: Question 1 sur 7
  - group:
    - radio "Très mal 1"
    - radio "Plutôt mal 2"
    - radio "Moyen 3"
    - radio "Plutôt bien 4"
    - radio "Très bien 5"
    - radio "Ne sait pas 9"
    - radio "Ne veut pas répondre 0"
  - button "Question suivante Entrée"
"""
COMPLAINT = """
- main:
  - paragraph: « Merci de me l’avoir dit. Racontez-moi ce qui s’est passé. »
  - group "De quoi s’agit-il ?":
    - radio "Retard ou absence 1"
    - radio "Travail non fait ou mal fait 2"
    - radio "Comportement 3"
    - radio "Autre chose 4"
  - group "Ce que la personne souhaite":
    - radio /Que nous en parlions à .+, avec son nom 5/
    - radio /Que nous en parlions à .+, sans son nom 6/
    - radio "Que nous la rappelions d’abord 7"
  - text: Ce qui s’est passé, avec ses mots
  - paragraph: "Sans son nom : n’écrivez rien qui la fasse reconnaître."
  - textbox "Ce qui s’est passé, avec ses mots"
  - status
  - link "Revenir à l’appel"
  - button "Ouvrir la réclamation Entrée"
"""
GRANT = """
- main:
  - paragraph: « Voici ce que je peux vous proposer tout de suite. »
  - group "Ce que vous accordez":
    - radio "Expliquer et s’excuser 1"
    - radio "Faire rappeler par le responsable 2"
    - radio "Reprogrammer la visite dans les 48 heures 3"
    - radio "Faire venir une autre personne 4"
    - radio "Rembourser, jusqu’à 50 € 5"
    - 'radio "Proposer une médiation : décidé par la direction de la plateforme 6"'
  - text: Montant en euros, pour un remboursement
  - textbox "Montant en euros, pour un remboursement"
  - paragraph: /Vous pouvez décider sans demander .* rembourser jusqu’à 50 €/
  - link "Rien pour l’instant"
  - button "Accorder Entrée"
"""
PROMISE = """
- main:
  - paragraph: /« Je récapitule .+ vous rembourse 25 €, avant le .+ à .+ Votre référence est .+ »/
  - paragraph: /Après l’appel, faites confirmer l’engagement par le contact d’astreinte/
  - text: Confirmé par
  - textbox "Confirmé par": La permanence
  - button "Noter la confirmation"
  - link "La lettre à lui envoyer (PDF)"
  - link "C’est lu, continuer Entrée"
"""
